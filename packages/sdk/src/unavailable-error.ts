/** Something that a token is judged by could not be had, so nothing can be said about it. The client is not at fault. */

/** What was away. */
export type UnavailableCode =
  | 'keys_unavailable'
  | 'introspection_unavailable'
  | 'revocation_unavailable'
  | 'replays_unavailable'

const descriptions = {
  keys_unavailable: 'The keys that verify tokens are not available',
  introspection_unavailable: 'The introspection of tokens is not available',
  revocation_unavailable: 'The revocation of tokens can not be checked',
  replays_unavailable: 'The replay of DPoP proofs can not be checked',
} as const satisfies Record<UnavailableCode, string>

/** Answer 503 with `Retry-After: retryAfterSeconds`. */
export class UnavailableError<Code extends UnavailableCode = UnavailableCode> extends Error {
  override readonly name: string = 'UnavailableError'
  readonly status = 503
  readonly code: Code
  readonly retryAfterSeconds = 5

  constructor(code: Code, options?: ErrorOptions) {
    super(descriptions[code], options)
    this.code = code
  }
}
