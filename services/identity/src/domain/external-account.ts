/** An account at a provider that is a way into an account of ours. */
import type { Brand } from '@latchkey/runtime/ids'
import type { UserId } from './ids.ts'
import type { ExternalIdentity } from './provider.ts'
import type { User } from './user.ts'

export type ExternalAccountId = Brand<string, 'ExternalAccountId'>

export interface ExternalAccount {
  readonly id: ExternalAccountId
  readonly provider: string
  /** As the provider said when it was last used. */
  readonly email: string | undefined
  readonly linkedAt: Date
  readonly lastUsedAt: Date
}

/** Who is at the door, and at whose they have shown themselves. */
export interface Introduction {
  readonly provider: string
  readonly identity: ExternalIdentity
  readonly at: Date
}

export interface ExternalUser extends Introduction {
  readonly user: User
}

/** Whose way in an account at a provider is, and what their sign-ins rested on when it was looked at (ADR 7). */
export interface IntroducedUser {
  readonly userId: UserId
  readonly credentialVersion: number
}
