/** An authenticator app of a user. */
import type { ChallengeHash, FactorId, SessionId, UserId } from './ids.ts'

export interface TotpFactor {
  readonly id: FactorId
  readonly userId: UserId
  readonly secret: Uint8Array
}

/** Who sets an app up: it is shown to nobody else, and goes where they are disowned. */
export interface TotpSetUp {
  readonly userId: UserId
  /** The session, or the sign-in that waits for it. */
  readonly begunBy: SessionId | ChallengeHash
  /** The same, until the sign-in has led to its session. */
  readonly doneBy: SessionId | ChallengeHash
}

/** A secret that was shown and not confirmed is forgotten after an hour. */
export const totpEnrolmentTtlSeconds = 3_600
