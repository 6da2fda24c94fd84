/**
 * Middleware for Express, Connect or a bare `node:http` server: lets a request through with the claims of its access
 * token, or answers 401, 403 (or 503, where that can't be told) as application/problem+json.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type AccessOptions,
  type AccessRequest,
  type AccessVerifier,
  acceptedSchemes,
  createAccessCheck,
} from './access/access-check.ts'
import { type Refusal, refusalOf } from './access/refusal.ts'
import type { AccessTokenClaims } from './access-token-claims.ts'
import { type AuthenticationRule, assertAuthentication } from './authentication.ts'
import { type AuthorityRule, assertAuthority } from './authority.ts'
import { headerValues } from './header-values.ts'
import { assertScope, type Scope } from './scope.ts'

type Next = (error?: unknown) => void

/** What `requireBearer` has found, and how it was set up: what comes after it refuses in the same way. */
interface Admitted {
  readonly claims: AccessTokenClaims
  readonly options: AccessOptions
}

const admittedByRequest = new WeakMap<IncomingMessage, Admitted>()

const admittedIn = (request: IncomingMessage): Admitted => {
  const admitted = admittedByRequest.get(request)
  if (admitted === undefined) throw new Error('requireBearer has not run for this request')
  return admitted
}

/** The claims of a request that `requireBearer` let through. @throws Error where it did not run */
export const claimsOf = (request: IncomingMessage): AccessTokenClaims => admittedIn(request).claims

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
      admittedByRequest.set(request, { claims: access.claims, options })
    } catch (error) {
      return next(error)
    }
    next()
  }
}

/** Undefined where the request may go on. @throws what has nothing to do with access */
const refusalTo = (
  request: IncomingMessage,
  assert: (claims: AccessTokenClaims) => void,
): Refusal | undefined => {
  const { claims, options } = admittedIn(request)
  try {
    assert(claims)
    return undefined
  } catch (error) {
    const scheme = claims.cnf === undefined ? 'Bearer' : 'DPoP'
    const refusal = refusalOf(error, { ...acceptedSchemes(options), scheme })
    if (refusal === undefined) throw error
    options.onRefused?.(refusal.error)
    return refusal
  }
}

/** Answers what `assert` throws, else goes on. */
const asking =
  (assert: (claims: AccessTokenClaims) => void) =>
  (request: IncomingMessage, response: ServerResponse, next: Next): void => {
    let refusal: Refusal | undefined
    try {
      refusal = refusalTo(request, assert)
    } catch (error) {
      next(error)
      return
    }
    if (refusal === undefined) next()
    else answer(response, refusal)
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
