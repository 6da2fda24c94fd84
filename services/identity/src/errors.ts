/** Failures of identity's own that a client may wait out. Expected outcomes are no errors: use cases return them. */

export type OverloadReason =
  /** More passwords wait to be hashed than the queue takes. */
  | 'hashing_overloaded'
  /** So many sign-ins of one account at once that this one could not be counted in time. */
  | 'attempts_undecided'

/** Nothing was done; the same request may work in a moment. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
  readonly reason: OverloadReason
  readonly retryAfterSeconds = 1

  constructor(reason: OverloadReason) {
    super(`overloaded: ${reason}`)
    this.reason = reason
  }
}
