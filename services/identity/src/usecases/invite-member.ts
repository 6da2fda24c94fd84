/** Invites somebody into an organization: a token that stands in a mail and nowhere else, good for a week, and once. */
import { randomToken } from '@latchkey/runtime/crypto'
import { createUuid } from '@latchkey/runtime/ids'
import { type EmailAddress, emailKeyOf } from '../domain/email-address.ts'
import type { OrganizationId } from '../domain/ids.ts'
import type { Actor } from '../domain/organization.ts'
import {
  hashInvitationToken,
  type Invitation,
  type InvitationRefusal,
  invitationTtlSeconds,
  type NewInvitation,
} from '../domain/organization-invitation.ts'
import type { RoleName } from '../domain/role.ts'
import type { Seal } from '../domain/seal.ts'

export interface InviteMemberDeps {
  readonly invitations: { create(invitation: NewInvitation): Promise<'created' | InvitationRefusal> }
  readonly seal: Seal
  readonly relaySoon: () => void
  readonly now: () => Date
}

export interface InvitationInput {
  readonly actor: Actor
  readonly organizationId: OrganizationId
  readonly email: EmailAddress
  readonly roles: readonly RoleName[]
  readonly locale: string
  /** The IP address that asked; '' where it is an operator's. */
  readonly askedFrom: string
}

export const createInviteMember =
  ({ invitations, seal, relaySoon, now }: InviteMemberDeps) =>
  async (input: InvitationInput): Promise<Invitation | InvitationRefusal> => {
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
      tokenHash: hashInvitationToken(rawToken),
      seal: organization => seal({ token: rawToken, organization }),
      at,
    })
    if (outcome !== 'created') return outcome
    relaySoon()
    return { ...invitation, createdAt: at }
  }

export type InviteMember = ReturnType<typeof createInviteMember>
