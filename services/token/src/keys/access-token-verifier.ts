/**
 * Reads our own access tokens, of whatever audience, with the keys that this replica publishes (RFC 9068 §4). Whether one
 * was revoked is not looked at. Verified tokens are remembered, with their keys: a key that goes takes them along.
 */
import { errors, jwtVerify } from 'jose'
import type { AccessTokenClaims } from '../domain/access-token.ts'
import type { Keyring } from './keyring.ts'
import { signingAlgorithms } from './signing-algorithm.ts'

export type VerifiedAccessToken =
  | { readonly outcome: 'valid'; readonly claims: AccessTokenClaims }
  /** It was one. */
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'invalid' }

export interface AccessTokenVerifierDeps {
  readonly keyring: Pick<Keyring, 'getJwks'>
  readonly issuer: string
  readonly now: () => Date
}

const maxTokenLength = 8_192
const maxRemembered = 10_000
const compactForm = /^[\w-]+\.[\w-]+\.[\w-]+$/
const requiredClaims = ['exp', 'aud', 'sub', 'client_id', 'iat', 'jti']

/** @throws NoSigningKeyError while no key has been read */
export const createAccessTokenVerifier = ({ keyring, issuer, now }: AccessTokenVerifierDeps) => {
  const remembered = new Map<string, { readonly claims: AccessTokenClaims; readonly kid: string }>()

  const findKey = (kid: string | undefined) => keyring.getJwks().keys.find(key => key.kid === kid)

  const remember = (token: string, claims: AccessTokenClaims, kid: string) => {
    const oldest = remembered.size >= maxRemembered ? remembered.keys().next().value : undefined
    if (oldest !== undefined) remembered.delete(oldest)
    remembered.set(token, { claims, kid })
  }

  const verifyAnew = async (token: string): Promise<VerifiedAccessToken> => {
    try {
      const { payload, protectedHeader } = await jwtVerify<AccessTokenClaims>(
        token,
        ({ kid, alg }) => {
          const key = findKey(kid)
          if (key === undefined || key.alg !== alg) throw new errors.JWKSNoMatchingKey()
          return key
        },
        { algorithms: [...signingAlgorithms], typ: 'at+jwt', issuer, requiredClaims, currentDate: now() },
      )
      remember(token, payload, protectedHeader.kid ?? '')
      return { outcome: 'valid', claims: payload }
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { outcome: 'expired' }
      if (error instanceof errors.JOSEError) return { outcome: 'invalid' }
      throw error
    }
  }

  return async (token: string): Promise<VerifiedAccessToken> => {
    if (token.length > maxTokenLength || !compactForm.test(token)) return { outcome: 'invalid' }
    const known = remembered.get(token)
    if (known === undefined || findKey(known.kid) === undefined) {
      remembered.delete(token)
      return verifyAnew(token)
    }
    if (known.claims.exp > now().getTime() / 1_000) return { outcome: 'valid', claims: known.claims }
    remembered.delete(token)
    return { outcome: 'expired' }
  }
}

export type VerifyAccessToken = ReturnType<typeof createAccessTokenVerifier>
