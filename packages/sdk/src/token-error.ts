/**
 * What can be wrong with a bearer token, and how a resource server says so. Clients see the code and one of
 * two sentences; `reason` is for logs. A token that cannot be judged is another error, see keys-unavailable-error.ts.
 */

/** What programs switch on. */
export type TokenErrorCode = 'invalid_token' | 'token_expired'

/** What exactly, for logs: it is never on the wire. */
export type TokenErrorReason =
  | 'missing'
  | 'malformed'
  | 'algorithm'
  | 'type'
  | 'key'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'not_yet_valid'
  | 'claims'
  | 'expired'
  | 'binding'
  | 'revoked'
  | 'inactive'

const descriptions = {
  invalid_token: 'Invalid token',
  token_expired: 'Token has expired',
} as const satisfies Record<TokenErrorCode, string>

/** Where there is nothing else to say: RFC 6750 §3 wants a parameter in every challenge. */
export const plainRealm = 'realm="api"'

/** A bearer token that is missing, malformed, forged, expired or of another kind. Answer 401. */
export class TokenError extends Error {
  override readonly name = 'TokenError'
  readonly status = 401
  readonly code: TokenErrorCode
  readonly reason: TokenErrorReason

  constructor(reason: TokenErrorReason, options?: ErrorOptions) {
    const code = reason === 'expired' ? 'token_expired' : 'invalid_token'
    super(descriptions[code], options)
    this.code = code
    this.reason = reason
  }

  /**
   * The value of `WWW-Authenticate`. A request that carried no token is told of no error, but a challenge has a parameter.
   * @see RFC 6750 §3, §3.1
   */
  get challenge(): string {
    return this.reason === 'missing'
      ? `Bearer ${plainRealm}`
      : `Bearer error="invalid_token", error_description="${this.message}"`
  }
}
