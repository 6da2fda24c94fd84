/** How somebody stands who has proven who they are: what the rules of admission decide by, as of one instant after the proof. */
import type { SecondFactorsOfUser } from './second-factor.ts'

export interface Standing {
  /** Their password opens nothing until it was reset. */
  readonly isPasswordSuspended: boolean
  readonly secondFactors: SecondFactorsOfUser
  /** One of their roles is only for who has proven a second factor, and is asked for it on every device. */
  readonly demandsSecondFactor: boolean
}
