/**
 * Who calls a protected resource of this service (userinfo, the admin API): an access token for this issuer, live, with
 * the scope that the resource needs, and with a proof where it is bound to a key. A bound token that comes as a plain
 * bearer is refused, as a thief would send it.
 *
 * @see RFC 6750 §2, §3; RFC 9449 §7
 */
import { OAuthError, type OAuthErrorCode } from '@latchkey/oauth'
import type { AccessTokenClaims } from '../domain/access-token.ts'
import { anyChallenge, type BearerScheme, bearerChallenge } from '../domain/bearer-challenge.ts'
import type { DpopRequest, VerifyDpopProof } from '../dpop/verify-dpop-proof.ts'
import type { CheckAccessToken } from './check-access-token.ts'

export interface BearerRequest extends Pick<DpopRequest, 'proofs' | 'method' | 'path'> {
  /** Every Authorization header: `req.headersDistinct.authorization`. */
  readonly authorization: readonly string[] | undefined
  /** `access_token` of a form, where the resource takes one (draft OAuth 2.1 §5.2.2). */
  readonly formToken?: string | undefined
}

export interface BearerDeps {
  readonly issuer: string
  readonly checkAccessToken: CheckAccessToken
  readonly verifyDpopProof: VerifyDpopProof
}

interface Credentials {
  readonly scheme: BearerScheme
  readonly token: string
}

const credentialsForm = /^(Bearer|DPoP) +([A-Za-z0-9\-._~+/]+=*)$/i

const missing = () =>
  new OAuthError('invalid_token', 'The request has no access token', {
    headers: { 'WWW-Authenticate': anyChallenge },
  })

const refused = (
  scheme: BearerScheme,
  error: OAuthErrorCode,
  description: string,
  init: { status?: number; scope?: string; headers?: Readonly<Record<string, string>> } = {},
) => {
  const { scope, status = 401, headers = {} } = init
  const members = { error, error_description: description, ...(scope === undefined ? {} : { scope }) }
  return new OAuthError(error, description, {
    status,
    headers: { ...headers, 'WWW-Authenticate': bearerChallenge(scheme, members) },
  })
}

/** @throws OAuthError where there is no token, or more than one */
const findCredentials = ({ authorization = [], formToken }: BearerRequest): Credentials => {
  const [header, ...others] = authorization
  if (others.length > 0 || (header !== undefined && formToken !== undefined))
    throw refused('Bearer', 'invalid_request', 'The access token must come once', { status: 400 })
  if (header === undefined) {
    if (formToken === undefined) throw missing()
    return { scheme: 'Bearer', token: formToken }
  }
  const [, scheme = '', token = ''] = credentialsForm.exec(header) ?? []
  if (token !== '') return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token }
  if (/^(Bearer|DPoP)\b/i.test(header)) throw refused('Bearer', 'invalid_token', 'Invalid token')
  throw missing()
}

const isFor = ({ aud }: AccessTokenClaims, issuer: string): boolean =>
  Array.isArray(aud) ? aud.includes(issuer) : aud === issuer

/** @throws OAuthError with its challenge; @returns the claims of a token that may be used */
export const createAuthenticateBearer = (deps: BearerDeps) => {
  const { issuer, checkAccessToken, verifyDpopProof } = deps

  /** @throws OAuthError @see RFC 9449 §7.1, §7.2 */
  const checkKey = async (
    { cnf }: AccessTokenClaims,
    { scheme, token }: Credentials,
    request: BearerRequest,
  ) => {
    if (cnf === undefined) {
      if (scheme === 'DPoP') throw refused('DPoP', 'invalid_token', 'The token is not bound to a key')
      return
    }
    if (scheme === 'Bearer')
      throw refused('DPoP', 'invalid_token', 'The token is bound to a key; send it with the DPoP scheme')
    const { proofs, method, path } = request
    const proved = await verifyDpopProof({ proofs, method, path, accessToken: token }).catch(error => {
      if (!(error instanceof OAuthError)) throw error
      throw refused('DPoP', error.error, error.description, { headers: error.headers })
    })
    if (proved === undefined) throw refused('DPoP', 'invalid_dpop_proof', 'The request has no DPoP proof')
    if (proved.jkt !== cnf.jkt) throw refused('DPoP', 'invalid_token', 'The token is bound to another key')
  }

  return async (
    request: BearerRequest,
    needed: { readonly scope?: string } = {},
  ): Promise<AccessTokenClaims> => {
    const credentials = findCredentials(request)
    const { scheme, token } = credentials
    const checked = await checkAccessToken(token)
    if (checked.outcome === 'undecided')
      throw new OAuthError('temporarily_unavailable', 'Tokens can’t be checked at the moment', {
        headers: { 'Retry-After': '2' },
      })
    if (checked.outcome === 'expired') throw refused(scheme, 'invalid_token', 'Token has expired')
    if (checked.outcome !== 'live' || !isFor(checked.claims, issuer))
      throw refused(scheme, 'invalid_token', 'Invalid token')
    const { claims } = checked
    await checkKey(claims, credentials, request)
    const { scope } = needed
    if (scope !== undefined && !(claims.scope ?? '').split(' ').includes(scope))
      throw refused(scheme, 'insufficient_scope', `The token lacks the scope ${scope}`, {
        status: 403,
        scope,
      })
    return claims
  }
}

export type AuthenticateBearer = ReturnType<typeof createAuthenticateBearer>
