/**
 * A change of address: it takes effect once both the old and the new address have said yes, and ends where the old one says
 * no. An old address that was never verified is not asked: a mistyped one would otherwise stay for good.
 */
import type { EmailAddress, EmailKey } from './email-address.ts'
import type { NewEmailProof } from './email-proof.ts'
import type { EmailChangeId, SessionId, UserId } from './ids.ts'

/** Seconds for both to say yes. */
export const emailChangeSeconds = 86_400

export interface NewEmailChange {
  readonly id: EmailChangeId
  readonly userId: UserId
  readonly oldKey: EmailKey
  readonly email: EmailAddress
  readonly emailKey: EmailKey
  /** The session that asks; it stays. */
  readonly sessionId: SessionId
  readonly at: Date
  readonly expiresAt: Date
  /** Of the new address, and of the old one where it is asked. */
  readonly proofs: readonly NewEmailProof[]
}

/** A change that waits. */
export interface OpenEmailChange {
  readonly email: EmailAddress
  readonly emailKey: EmailKey
  readonly isOldConfirmed: boolean
  readonly isNewConfirmed: boolean
}

/** `waiting`: the other address has not said yes. `taken`: somebody else came to have the new one in the meantime. */
export type EmailChangeStep = 'waiting' | 'changed' | 'taken' | 'invalid'
