/** The issuer's keys could not be had, so nothing can be said about a token. The client is not at fault. */

/** Answer 503 with `Retry-After: retryAfterSeconds`. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError'
  readonly status = 503
  readonly code = 'keys_unavailable'
  readonly retryAfterSeconds = 5

  constructor(options?: ErrorOptions) {
    super('The keys that verify tokens are not available', options)
  }
}
