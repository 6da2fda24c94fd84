/**
 * Decides about one request of a resource server, whatever framework it came through: credentials, token, binding and
 * proof, revocation, scope, authority of the user and how they signed in, in this order. Adapters only bring the headers
 * and send the answer.
 */
import type { AccessTokenClaims } from '../access-token-claims.ts'
import { type AuthenticationRule, assertAuthentication } from '../authentication.ts'
import { type AuthorityRule, assertAuthority } from '../authority.ts'
import { type Credentials, credentialsOf } from '../credentials.ts'
import type { DPoP } from '../dpop/dpop.ts'
import { assertScope, type Scope } from '../scope.ts'
import type { TokenScheme } from '../token-binding.ts'
import { TokenError } from '../token-error.ts'
import type { TokenVerifier } from '../token-verifier.ts'
import { UnavailableError } from '../unavailable-error.ts'
import { type AccessError, type Refusal, refusalOf } from './refusal.ts'

/** What a route asks of a request, beside a good token. */
export interface AccessOptions {
  /** Scopes that the token must have, all of them. */
  scope?: Scope
  /** What their user must be allowed to do. */
  authority?: AuthorityRule
  /** How well, and how lately, their user must have signed in. @see RFC 9470 */
  authentication?: AuthenticationRule
  /** Accepts tokens that are bound to a key, with a proof for each request. Without it they are refused. */
  dpop?: DPoP
  /** Refuses tokens that are not bound to a key. Default false. */
  dpopOnly?: boolean
  /**
   * Asked for each request whose token is good otherwise. What it throws is answered with 503: who can not be asked has
   * not said no.
   */
  isRevoked?: (claims: AccessTokenClaims, token: string) => boolean | Promise<boolean>
  /** Told of each refusal, for logs and metrics: its `code`, `reason` and `cause`. */
  onRefused?: (error: AccessError) => void
}

/** A request in plain words. */
export interface AccessRequest {
  readonly method: string
  /** Its path, as this server sees it, or its absolute URL. */
  readonly target: string
  /** Every Authorization header. */
  readonly authorization: readonly string[]
  /** Every DPoP header. */
  readonly dpop: readonly string[]
}

/** What is to be done with a request: go on, or answer so. */
export type Access =
  | {
      readonly outcome: 'allowed'
      readonly claims: AccessTokenClaims
      /** To be sent with the answer: a new nonce, now and then. */
      readonly headers: Readonly<Record<string, string>>
    }
  | ({ readonly outcome: 'refused' } & Refusal)

/** Decides about one request. @throws what is a fault of the program */
export type AccessCheck = (request: AccessRequest) => Promise<Access>

/** What the check takes of a verifier: `createTokenVerifier` and `createIntrospection` both are one. */
export type AccessVerifier = Pick<TokenVerifier, 'verify'>

/** How tokens may be sent, as a challenge says it. */
export const acceptedSchemes = ({ dpop, dpopOnly = false }: AccessOptions) => ({
  schemes: [
    ...(dpopOnly ? [] : (['Bearer'] as const)),
    ...(dpop === undefined ? [] : (['DPoP'] as const)),
  ] satisfies readonly TokenScheme[],
  algorithms: dpop?.algorithms ?? [],
})

/**
 * For frameworks that have no entry point here.
 * @throws TypeError where only bound tokens are accepted and there is nothing to check their proofs with
 */
export const createAccessCheck = (verifier: AccessVerifier, options: AccessOptions = {}): AccessCheck => {
  const { scope, authority, authentication, dpop, dpopOnly = false, isRevoked, onRefused } = options
  if (dpopOnly && dpop === undefined) throw new TypeError('dpopOnly needs dpop')
  const accepted = acceptedSchemes(options)

  const assertNotRevoked = async (claims: AccessTokenClaims, token: string) => {
    let revoked: boolean | undefined
    try {
      revoked = await isRevoked?.(claims, token)
    } catch (cause) {
      if (cause instanceof UnavailableError) throw cause
      throw new UnavailableError('revocation_unavailable', { cause })
    }
    if (revoked === true) throw new TokenError('revoked')
  }

  const decide = async (request: AccessRequest, { scheme, token }: Credentials) => {
    if (!accepted.schemes.some(each => each === scheme))
      throw new TokenError(scheme === 'DPoP' ? 'missing' : 'binding')
    const claims = await verifier.verify(token, scheme)
    const thumbprint = claims.cnf?.jkt
    const checked =
      dpop === undefined || thumbprint === undefined
        ? undefined
        : await dpop.check({
            method: request.method,
            target: request.target,
            proofs: request.dpop,
            accessToken: token,
            thumbprint,
          })
    if (isRevoked !== undefined) await assertNotRevoked(claims, token)
    if (scope !== undefined) assertScope(claims, scope)
    if (authority !== undefined) assertAuthority(claims, authority)
    if (authentication !== undefined) assertAuthentication(claims, authentication)
    return { claims, headers: checked?.nonce === undefined ? {} : { 'DPoP-Nonce': checked.nonce } }
  }

  return async request => {
    let scheme: TokenScheme | undefined
    try {
      const credentials = credentialsOf(request.authorization)
      scheme = credentials.scheme
      return { outcome: 'allowed', ...(await decide(request, credentials)) }
    } catch (error) {
      const refusal = refusalOf(error, { ...accepted, scheme })
      if (refusal === undefined) throw error
      onRefused?.(refusal.error)
      return { outcome: 'refused', ...refusal }
    }
  }
}
