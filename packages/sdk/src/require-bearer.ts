/**
 * Middleware for Express, Connect or a bare `node:http` server: lets a request through with the claims of its access
 * token, or answers 401, 403 (or 503, where that can't be told) as application/problem+json.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type AccessOptions,
  type AccessRequest,
  type AccessVerifier,
  createAccessCheck,
} from './access/access-check.ts'
import { type Refusal, refusalOf } from './access/refusal.ts'
import type { AccessTokenClaims } from './access-token-claims.ts'
import { type AuthenticationRule, assertAuthentication } from './authentication.ts'
import { type AuthorityRule, assertAuthority } from './authority.ts'
import { headerValues } from './header-values.ts'
import { assertScope, type Scope } from './scope.ts'

type Next = (error?: unknown) => void

const claimsByRequest = new WeakMap<IncomingMessage, AccessTokenClaims>()

/** The claims of a request that `requireBearer` let through. @throws Error where it did not run */
export const claimsOf = (request: IncomingMessage): AccessTokenClaims => {
  const claims = claimsByRequest.get(request)
  if (claims === undefined) throw new Error('requireBearer has not run for this request')
  return claims
}

/** A router may have shortened `url` to what it has not matched yet; Express and Connect keep the whole. */
const targetOf = (request: IncomingMessage): string =>
  'originalUrl' in request && typeof request.originalUrl === 'string'
    ? request.originalUrl
    : (request.url ?? '/')

const accessRequestOf = (request: IncomingMessage): AccessRequest => ({
  method: request.method ?? 'GET',
  target: targetOf(request),
  authorization: headerValues(request, 'authorization'),
  dpop: headerValues(request, 'dpop'),
})

const answer = (response: ServerResponse, { status, headers, body }: Refusal) => {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.end(body)
}

/**
 * Lets only requests through that carry a good access token; read its claims with `claimsOf(request)`.
 * @see RFC 6750 §3, RFC 9449 §7
 */
export const requireBearer = (verifier: AccessVerifier, options: AccessOptions = {}) => {
  const check = createAccessCheck(verifier, options)
  return async (request: IncomingMessage, response: ServerResponse, next: Next): Promise<void> => {
    try {
      const access = await check(accessRequestOf(request))
      if (access.outcome === 'refused') return answer(response, access)
      for (const [name, value] of Object.entries(access.headers)) response.setHeader(name, value)
      claimsByRequest.set(request, access.claims)
    } catch (error) {
      return next(error)
    }
    next()
  }
}

/** Answers what `assert` throws, else goes on. */
const asking =
  (assert: (claims: AccessTokenClaims) => void) =>
  (request: IncomingMessage, response: ServerResponse, next: Next): void => {
    try {
      assert(claimsOf(request))
    } catch (error) {
      const scheme = claimsByRequest.get(request)?.cnf === undefined ? 'Bearer' : 'DPoP'
      const refusal = refusalOf(error, { schemes: [scheme], scheme, algorithms: [] })
      if (refusal === undefined) next(error)
      else answer(response, refusal)
      return
    }
    next()
  }

/** For routes behind `requireBearer`: lets only tokens through that have every one of these scopes, else 403. */
export const requireScope = (scope: Scope) => asking(claims => assertScope(claims, scope))

/** The same for what the user may do: `requireAuthority({ permission: 'orders:write' })`. */
export const requireAuthority = (rule: AuthorityRule) => asking(claims => assertAuthority(claims, rule))

/**
 * The same for how the user has signed in: `requireAuthentication({ acrValues: ['urn:latchkey:acr:mfa', 'phr'] })`, else 401
 * with what the client is to ask for. @see RFC 9470 §3
 */
export const requireAuthentication = (rule: AuthenticationRule) =>
  asking(claims => assertAuthentication(claims, rule))
