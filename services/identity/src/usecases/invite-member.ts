/**
 * Invitations into organizations: a token that stands in a mail and nowhere else, good for a week, once, and for the
 * account whose address the mail went to. In the browser that opened the link a handle stands for it while its owner signs in.
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
  type OpenInvitation,
} from '../domain/organization-invitation.ts'
import type { RoleName } from '../domain/role.ts'
import type { Seal } from '../domain/seal.ts'
import type { WaitingFlow } from '../domain/waiting-flow.ts'
import type { WaitingInvitations } from '../domain/waiting-invitation.ts'

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
    find(tokenHash: InvitationTokenHash, at: Date): Promise<OpenInvitation | undefined>
    accept(acceptance: InvitationAcceptance): Promise<AcceptedInvitation>
  }
  readonly waiting: WaitingInvitations
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

/** The token of the mail, or what stands for it in one browser. */
export type InvitationLink =
  | { readonly rawToken: string }
  | { readonly handle: string; readonly rawBrowser: string }

const hashOf = (rawToken: string) => sha256Hex(rawToken) as InvitationTokenHash

export const createInvitations = (deps: InviteMemberDeps) => {
  const { findAccess, invitations, waiting, seal, relaySoon, settle, now } = deps

  const find = async (link: InvitationLink) => {
    const tokenHash =
      'rawToken' in link ? hashOf(link.rawToken) : waiting.open(link.handle, link.rawBrowser, now())
    const invitation = tokenHash && (await invitations.find(tokenHash, now()))
    return invitation && { ...invitation, tokenHash }
  }

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

    /** Undefined where the link is worth nothing (any more). */
    describe: (link: InvitationLink): Promise<OpenInvitation | undefined> => find(link),

    /** What stands for the link in this browser, for the way through a sign-in. */
    wait: (rawToken: string, rawBrowser: string): string =>
      waiting.handleOf(hashOf(rawToken), rawBrowser, now()),

    /** What a sign-in that it waits for may know of it. */
    findWaiting: async (handle: string, rawBrowser: string): Promise<WaitingFlow | undefined> => {
      const found = await find({ handle, rawBrowser })
      return (
        found && {
          kind: 'invitation',
          clientName: found.organizationName,
          loginHint: found.email,
          uiLocales: '',
          promptsCreation: false,
          acrWanted: '',
          acrRequired: '',
          formAction: undefined,
        }
      )
    },

    accept: async (link: InvitationLink, userId: UserId): Promise<AcceptedInvitation> => {
      const found = await find(link)
      if (found === undefined) return { outcome: 'invalid' }
      const accepted = await invitations.accept({ tokenHash: found.tokenHash, userId, at: now() })
      if (accepted.outcome === 'accepted') await settle()
      return accepted
    },
  }
}

export type Invitations = ReturnType<typeof createInvitations>
