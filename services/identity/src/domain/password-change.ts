/** The two ways in which a password is replaced, and what each of them rests on. */
import type { ResetTokenHash, SessionId, UserId } from './ids.ts'

export interface NewPassword {
  readonly userId: UserId
  readonly passwordHash: string
  /** How many earlier passwords are kept, the one that is replaced included. */
  readonly history: number
  readonly at: Date
}

export interface PasswordChange extends NewPassword {
  /** The version of the credential whose password was checked. */
  readonly version: number
  /** The session that stays; undefined ends them all. */
  readonly exceptSessionId: SessionId | undefined
}

export interface PasswordResetRedemption extends NewPassword {
  readonly tokenHash: ResetTokenHash
}
