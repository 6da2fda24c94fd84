/** A token that lets the reader of a mail choose a new password, once. */
import type { ResetTokenHash } from './ids.ts'
import type { User } from './user.ts'

export interface NewPasswordReset {
  /** The outbox row that asked: relayed twice, it still makes one token and one mail. */
  readonly requestId: string
  readonly user: User
  readonly tokenHash: ResetTokenHash
  /** A JWE that holds the token, for the worker alone. */
  readonly sealedData: string
  readonly locale: string
  readonly at: Date
  readonly expiresAt: Date
}
