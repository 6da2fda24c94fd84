/**
 * An error that a client is told about, in OAuth's own words. `description` is public and says what to do about it;
 * `cause` is for the logs.
 */

/**
 * @see draft OAuth 2.1 §3.2.4, §4.1.2.1; OpenID Connect Core §3.1.2.6; RFC 8628 §3.5; RFC 8693 §2.2.2; RFC 8707 §2;
 * RFC 9101 §6.3; RFC 9449 §5, §8; RFC 7591 §3.2.2; RFC 6750 §3.1
 */
export const oauthErrorCodes = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'access_denied',
  'unsupported_response_type',
  'server_error',
  'temporarily_unavailable',
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
  'unmet_authentication_requirements',
  'invalid_request_uri',
  'invalid_request_object',
  'request_not_supported',
  'request_uri_not_supported',
  'registration_not_supported',
  'authorization_pending',
  'slow_down',
  'expired_token',
  'invalid_target',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'invalid_redirect_uri',
  'invalid_client_metadata',
  'invalid_token',
  'insufficient_scope',
  'too_many_requests',
] as const

export type OAuthErrorCode = (typeof oauthErrorCodes)[number]

export interface OAuthErrorInit {
  /**
   * Of the direct answer; 401 for `invalid_client` and `invalid_token`, 403 for `insufficient_scope`, 429 for
   * `too_many_requests`, 503 for `temporarily_unavailable`, else 400.
   */
  readonly status?: number
  /** Sent with the direct answer: `WWW-Authenticate`, `DPoP-Nonce`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

const statuses: Partial<Record<OAuthErrorCode, number>> = {
  invalid_client: 401,
  invalid_token: 401,
  insufficient_scope: 403,
  too_many_requests: 429,
  temporarily_unavailable: 503,
}

const statusOf = (error: OAuthErrorCode): number => statuses[error] ?? 400

export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  readonly error: OAuthErrorCode
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(error: OAuthErrorCode, description: string, init: OAuthErrorInit = {}) {
    super(description, init.cause === undefined ? undefined : { cause: init.cause })
    this.error = error
    this.status = init.status ?? statusOf(error)
    this.headers = init.headers ?? {}
  }

  get description(): string {
    return this.message
  }
}
