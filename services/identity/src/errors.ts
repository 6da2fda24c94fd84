/**
 * Failures of identity's own that a client may wait out, and what its failures look like over HTTP. Expected outcomes
 * are no errors: use cases return them. Outages are the runtime's to tell.
 */
import { bearerProblem } from '@latchkey/contracts'
import { type Problem, unavailable } from '@latchkey/runtime/problem'

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

/** 503 with `Retry-After` where overloaded, 401 for a bearer that is not good; undefined for the unexpected. */
export const toProblem = (error: unknown): Problem | undefined =>
  error instanceof Overloaded
    ? unavailable('Too many requests at once', error.retryAfterSeconds, error)
    : bearerProblem(error)
