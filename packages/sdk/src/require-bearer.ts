/**
 * Middleware for Express, Connect or a bare `node:http` server: lets a request through with the claims of its
 * bearer token, or answers 401 (or 503, where the issuer's keys cannot be had) as application/problem+json.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AccessTokenClaims } from './access-token-claims.ts'
import { bearerOf } from './bearer.ts'
import { KeysUnavailableError } from './keys-unavailable-error.ts'
import { TokenError } from './token-error.ts'
import type { TokenVerifier } from './token-verifier.ts'

type Next = (error?: unknown) => void

const claimsByRequest = new WeakMap<IncomingMessage, AccessTokenClaims>()

/** The claims of a request that `requireBearer` let through. @throws Error where it did not run */
export const claimsOf = (request: IncomingMessage): AccessTokenClaims => {
  const claims = claimsByRequest.get(request)
  if (claims === undefined) throw new Error('requireBearer has not run for this request')
  return claims
}

const answerProblem = (response: ServerResponse, error: TokenError | KeysUnavailableError) => {
  if (error instanceof TokenError) response.setHeader('WWW-Authenticate', error.challenge)
  else response.setHeader('Retry-After', String(error.retryAfterSeconds))
  response.statusCode = error.status
  response.setHeader('Content-Type', 'application/problem+json')
  response.setHeader('Cache-Control', 'no-store')
  response.end(
    JSON.stringify({
      type: 'about:blank',
      title: error instanceof TokenError ? 'Unauthorized' : 'Service Unavailable',
      status: error.status,
      detail: error.message,
      code: error.code.toUpperCase(),
    }),
  )
}

/**
 * Lets only requests through that carry a good access token; read its claims with `claimsOf(request)`.
 * @see RFC 6750 §3
 */
export const requireBearer =
  (verifier: Pick<TokenVerifier, 'verify'>) =>
  async (request: IncomingMessage, response: ServerResponse, next: Next): Promise<void> => {
    try {
      claimsByRequest.set(request, await verifier.verify(bearerOf(request)))
    } catch (error) {
      if (error instanceof TokenError || error instanceof KeysUnavailableError) answerProblem(response, error)
      else next(error)
      return
    }
    next()
  }
