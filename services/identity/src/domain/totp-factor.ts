/** An authenticator app of a user. */
import type { FactorId, UserId } from './ids.ts'

export interface TotpFactor {
  readonly id: FactorId
  readonly userId: UserId
  readonly secret: Uint8Array
}

/** A secret that was shown and not confirmed is forgotten after an hour. */
export const totpEnrolmentTtlSeconds = 3_600
