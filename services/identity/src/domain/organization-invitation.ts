/** An invitation into an organization: a link in a mail, for the account whose address it was sent to. */
import { sha256Hex } from '@latchkey/runtime/crypto'
import type { EmailAddress, EmailKey } from './email-address.ts'
import type { InvitationTokenHash, OrganizationId, UserId } from './ids.ts'
import type { Actor, MembershipRefusal } from './organization.ts'
import type { RoleName } from './role.ts'

export const invitationTtlSeconds = 604_800

/** Open ones; what goes to one address is limited for all mails that somebody can ask for. */
export const openInvitationsPerOrganization = 200

export const hashInvitationToken = (rawToken: string): InvitationTokenHash =>
  sha256Hex(rawToken) as InvitationTokenHash

export interface Invitation {
  readonly id: string
  readonly email: EmailAddress
  readonly roles: readonly string[]
  readonly createdAt: Date
  readonly expiresAt: Date
}

export interface NewInvitation {
  readonly actor: Actor
  readonly id: string
  readonly organizationId: OrganizationId
  readonly email: EmailAddress
  readonly emailKey: EmailKey
  readonly roles: readonly RoleName[]
  readonly tokenHash: InvitationTokenHash
  /** Seals what the mail says, once it is known: the organization's name. */
  readonly seal: (organizationName: string) => Promise<string>
  readonly locale: string
  /** The IP address that asked; '' where it is an operator's. */
  readonly askedFrom: string
  readonly at: Date
  readonly expiresAt: Date
}

export type InvitationRefusal =
  | Extract<MembershipRefusal, 'unknown_organization' | 'not_owner' | 'unknown_role'>
  | 'too_many'

/** What a link that works is told to be about. */
export interface OpenInvitation {
  readonly organizationName: string
  /** Whom it was sent to. */
  readonly email: EmailAddress
}

/** An open one, as its recipient sees it in their account. */
export interface OwnInvitation {
  readonly id: string
  readonly organizationName: string
  readonly expiresAt: Date
}

export interface InvitationAcceptance {
  readonly tokenHash: InvitationTokenHash
  readonly userId: UserId
  readonly at: Date
}

export type AcceptedInvitation =
  | {
      readonly outcome: 'accepted'
      readonly organizationId: OrganizationId
      readonly organizationName: string
    }
  /** Unknown, used, withdrawn, outdated: nobody is told which. */
  | { readonly outcome: 'invalid' }
  /** It was sent to another address than the account's. */
  | { readonly outcome: 'wrong_account' }
  | { readonly outcome: 'too_many' }
