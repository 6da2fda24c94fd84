/**
 * Invitations into organizations: a token that stands in a mail and nowhere else, good for a week, once, and for the
 * account whose address the mail went to.
 */
import { randomToken, sha256Hex } from '@latchkey/runtime/crypto'
import { createUuid } from '@latchkey/runtime/ids'
import { type EmailAddress, emailKeyOf } from '../domain/email-address.ts'
import type { InvitationTokenHash, OrganizationId, UserId } from '../domain/ids.ts'
import type { Actor, OrganizationAccess } from '../domain/organization.ts'
import {
  type AcceptedInvitation,
  type Invitation,
  type InvitationAcceptance,
  type InvitationRefusal,
  invitationTtlSeconds,
  type NewInvitation,
} from '../domain/organization-invitation.ts'
import type { RoleName } from '../domain/role.ts'
import type { Seal } from '../domain/seal.ts'

type NoAccess = Exclude<OrganizationAccess['outcome'], 'allowed'>

export interface InviteMemberDeps {
  readonly findAccess: (organizationId: OrganizationId, actor: Actor) => Promise<OrganizationAccess>
  readonly invitations: {
    create(invitation: NewInvitation): Promise<'created' | InvitationRefusal>
    list(organizationId: OrganizationId, at: Date): Promise<readonly Invitation[]>
    withdraw(
      actor: Actor,
      organizationId: OrganizationId,
      id: string,
      at: Date,
    ): Promise<'withdrawn' | 'unknown' | NoAccess>
    find(tokenHash: InvitationTokenHash, at: Date): Promise<string | undefined>
    accept(acceptance: InvitationAcceptance): Promise<AcceptedInvitation>
  }
  readonly seal: Seal
  readonly relaySoon: () => void
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export interface InvitationInput {
  readonly actor: Actor
  readonly organizationId: OrganizationId
  readonly email: EmailAddress
  readonly roles: readonly RoleName[]
  readonly locale: string
  readonly askedFrom: string
}

const hashOf = (rawToken: string) => sha256Hex(rawToken) as InvitationTokenHash

export const createInvitations = (deps: InviteMemberDeps) => {
  const { findAccess, invitations, seal, relaySoon, settle, now } = deps
  return {
    invite: async (input: InvitationInput): Promise<Invitation | InvitationRefusal> => {
      const rawToken = randomToken()
      const at = now()
      const invitation = {
        id: createUuid(),
        email: input.email,
        roles: input.roles,
        expiresAt: new Date(at.getTime() + invitationTtlSeconds * 1_000),
      }
      const outcome = await invitations.create({
        ...input,
        ...invitation,
        emailKey: emailKeyOf(input.email),
        tokenHash: hashOf(rawToken),
        seal: organization => seal({ token: rawToken, organization }),
        at,
      })
      if (outcome !== 'created') return outcome
      relaySoon()
      return { ...invitation, createdAt: at }
    },

    list: async (actor: Actor, organizationId: OrganizationId): Promise<readonly Invitation[] | NoAccess> => {
      const { outcome } = await findAccess(organizationId, actor)
      return outcome === 'allowed' ? invitations.list(organizationId, now()) : outcome
    },

    withdraw: (actor: Actor, organizationId: OrganizationId, id: string) =>
      invitations.withdraw(actor, organizationId, id, now()),

    /** The name of the organization; undefined where the link is worth nothing (any more). */
    describe: (rawToken: string): Promise<string | undefined> => invitations.find(hashOf(rawToken), now()),

    accept: async (rawToken: string, userId: UserId): Promise<AcceptedInvitation> => {
      const accepted = await invitations.accept({ tokenHash: hashOf(rawToken), userId, at: now() })
      if (accepted.outcome === 'accepted') await settle()
      return accepted
    },
  }
}

export type Invitations = ReturnType<typeof createInvitations>
