/** An issuer for tests: a signing key, its published set, and tokens that differ from a good one in what a test names. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { exportJWK, type JSONWebKeySet, SignJWT } from 'jose'
import { createTokenVerifier, type TokenVerifierOptions } from '../src/index.ts'

export const issuer = 'https://id.example'
export const startedAt = new Date('2026-11-22T12:00:00Z')
export const nowSeconds = startedAt.getTime() / 1000

export const someClaims = {
  iss: issuer,
  aud: issuer,
  sub: '0198a3c4-0000-7000-8000-000000000001',
  client_id: 'latchkey',
  sid: '0198a3c4-0000-7000-8000-000000000002',
  jti: '0198a3c4-0000-7000-8000-000000000003',
  iat: nowSeconds,
  exp: nowSeconds + 900,
  scope: 'openid profile email',
  type: 'access',
}

const base64url = (value: string | Buffer) => Buffer.from(value).toString('base64url')

/** A compact JWS of exactly these header and payload texts: what no JWT library would sign. */
export const signText = (privateKey: KeyObject, header: string, payload: string) => {
  const signed = `${base64url(header)}.${base64url(payload)}`
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${base64url(signature)}`
}

export const createIssuer = async (kid = 'key-1') => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }
  const jwks: JSONWebKeySet = { keys: [jwk] }

  const aToken = (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
    signText(
      privateKey,
      JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid, ...header }),
      JSON.stringify({ ...someClaims, ...claims }),
    )

  const aTokenByJose = () =>
    new SignJWT(someClaims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid }).sign(privateKey)

  const aVerifier = (options: Partial<TokenVerifierOptions> = {}) =>
    createTokenVerifier({ issuer, jwks: async () => jwks, now: () => startedAt, ...options })

  return { privateKey, publicKey, jwk, jwks, kid, aToken, aTokenByJose, aVerifier }
}
