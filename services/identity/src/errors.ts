/**
 * Failures of identity's own that a client may wait out, and what its failures look like over HTTP. Expected outcomes
 * are no errors: use cases return them. Outages are the runtime's to tell.
 */
import { bearerProblem } from '@latchkey/contracts'
import { Problem, retryAfter, unavailable } from '@latchkey/runtime/problem'
import { ProviderFailure } from './providers/provider-failure.ts'

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

/** Whether the legacy login knows somebody can't be said now. Nothing was counted. */
export class LegacyUnavailable extends Error {
  override readonly name = 'LegacyUnavailable'
  readonly retryAfterSeconds = 5

  constructor(reason: string, options?: ErrorOptions) {
    super(`legacy login: ${reason}`, options)
  }
}

/** Whether a human check was met can't be said now. */
export class HumanCheckUnavailable extends Error {
  override readonly name = 'HumanCheckUnavailable'
  readonly retryAfterSeconds = 5

  constructor(options: ErrorOptions) {
    super('the challenge can not be verified', options)
  }
}

/** The bearer of a call of the admin API is not good, or may not do what it asks for. */
export class BearerRefused extends Error {
  override readonly name = 'BearerRefused'
  /** Upper snake case: `INSUFFICIENT_SCOPE` */
  readonly code: string
  readonly status: number
  /** Of the answer: the challenge, the nonce. */
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: string,
    message: string,
    init: { status: number; headers: Readonly<Record<string, string>>; cause: unknown },
  ) {
    super(message, { cause: init.cause })
    this.code = code
    this.status = init.status
    this.headers = init.headers
  }
}

/** What a provider did not do. The operator reads in the log why. */
const providerProblem = (failure: ProviderFailure): Problem => {
  const { reason, provider, retryAfterSeconds } = failure
  if (reason === 'away')
    return new Problem({
      status: 503,
      code: 'PROVIDER_UNAVAILABLE',
      detail: `${provider} is not reached, or too busy`,
      headers: { 'Retry-After': retryAfter(retryAfterSeconds) },
      cause: failure,
    })
  const [code, detail] =
    reason === 'answer'
      ? ['PROVIDER_ANSWER_INVALID', `What ${provider} answered is not valid`]
      : ['PROVIDER_SETTINGS_INVALID', `${provider} does not accept how it is set up here`]
  return new Problem({ status: 502, code, detail, cause: failure })
}

/** 503 with `Retry-After` where overloaded, 401 or 403 for a bearer that is not good; undefined for the unexpected. */
export const toProblem = (error: unknown): Problem | undefined => {
  if (error instanceof Overloaded)
    return unavailable('Too many requests at once', error.retryAfterSeconds, error)
  if (error instanceof ProviderFailure) return providerProblem(error)
  if (error instanceof HumanCheckUnavailable)
    return unavailable('The challenge can not be verified at the moment', error.retryAfterSeconds, error)
  if (error instanceof LegacyUnavailable)
    return unavailable('This sign-in can not be decided at the moment', error.retryAfterSeconds, error)
  if (!(error instanceof BearerRefused)) return bearerProblem(error)
  const { status, code, message, headers } = error
  return new Problem({ status, code, detail: message, headers, cause: error })
}
