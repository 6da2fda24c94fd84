/** A client's key for tests: proofs that differ from a good one in what a test names. */
import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { nowSeconds } from '../issuer.ts'

export const target = 'https://api.example/orders'

export const athOf = (accessToken: string) => createHash('sha256').update(accessToken).digest('base64url')

let proofs = 0

export const createClientKey = async (alg = 'ES256') => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk: JWK = await exportJWK(publicKey)

  const aProof = (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) => {
    proofs += 1
    return new SignJWT({ jti: `proof-${proofs}`, htm: 'GET', htu: target, iat: nowSeconds, ...claims })
      .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk, ...header } as never)
      .sign(privateKey)
  }

  return { aProof, jwk, privateKey, thumbprint: await calculateJwkThumbprint(jwk) }
}
