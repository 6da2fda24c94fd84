/**
 * Proofs are read twice in this house: by the authorization server in its own words (packages/oauth) and by users'
 * resource servers (packages/sdk), which is published and stands alone. What one accepts the other must accept.
 */
import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { OAuthError, verifyDpopProof } from '@latchkey/oauth'
import { ProofError, verifyProof } from '@latchkey/sdk'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'

const now = new Date('2026-11-22T12:00:00Z')
const iat = now.getTime() / 1000
const url = 'https://api.example/orders'
const accessToken = 'header.payload.signature'
const ath = createHash('sha256').update(accessToken).digest('base64url')
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
const jwk = await exportJWK(publicKey)
const stranger = await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey)

const aProof = (claims: Record<string, unknown>, header: Record<string, unknown>) =>
  new SignJWT({ jti: 'one', htm: 'GET', htu: url, iat, ath, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header } as never)
    .sign(privateKey)

const outcomeOf = async (reading: Promise<string>): Promise<string> =>
  reading.catch(error => {
    if (error instanceof OAuthError || error instanceof ProofError) return 'refused'
    throw error
  })

const readings = async (proof: string) => ({
  authorizationServer: await outcomeOf(
    verifyDpopProof(proof, { method: 'GET', url, accessToken, acceptsNonce: () => true, now }).then(
      ({ jkt }) => jkt,
    ),
  ),
  resourceServer: await outcomeOf(
    verifyProof(proof, { method: 'GET', url, accessToken }, { now }).then(({ thumbprint }) => thumbprint),
  ),
})

describe('RFC 9449 §4.3: a proof', () => {
  it.each([
    {},
    { htu: `${url}?page=2#top` },
    { htu: 'HTTPS://API.EXAMPLE:443/a/../%6frders' },
    { iat: iat - 60 },
    { iat: iat + 10 },
    { nonce: 'anything' },
    { jti: 'j'.repeat(256) },
    { other: 'claims' },
  ])('is accepted by both: %j', async claims => {
    const thumbprint = await calculateJwkThumbprint(jwk)
    const proof = await aProof(claims, {})
    expect(await readings(proof)).toEqual({ authorizationServer: thumbprint, resourceServer: thumbprint })
  })

  it.each([
    [{ jti: undefined }, {}],
    [{ jti: '' }, {}],
    [{ jti: 'j'.repeat(257) }, {}],
    [{ htm: undefined }, {}],
    [{ htm: 'POST' }, {}],
    [{ htm: 'get' }, {}],
    [{ htu: undefined }, {}],
    [{ htu: `${url}/` }, {}],
    [{ htu: 'http://api.example/orders' }, {}],
    [{ htu: 'https://user@api.example/orders' }, {}],
    [{ htu: ' https://api.example/orders' }, {}],
    [{ htu: 'https:\\\\api.example\\orders' }, {}],
    [{ htu: 'https:api.example/orders' }, {}],
    [{ htu: 'https://api.example/or\tders' }, {}],
    [{ iat: undefined }, {}],
    [{ iat: iat - 400 }, {}],
    [{ iat: iat + 61 }, {}],
    [{ exp: iat - 61 }, {}],
    [{ ath: undefined }, {}],
    [{ ath: accessToken }, {}],
    [{}, { typ: 'JWT' }],
    [{}, { typ: undefined }],
    [{}, { jwk: undefined }],
    [{}, { jwk: stranger }],
    [{}, { jwk: { ...jwk, d: 'AA' } }],
    [{}, { jwk: { ...jwk, alg: 'ES384' } }],
    [{}, { jwk: { kty: 'oct', k: 'AAAA' } }],
  ])('is refused by both: %j %j', async (claims, header) => {
    const proof = await aProof(claims, header)
    expect(await readings(proof)).toEqual({ authorizationServer: 'refused', resourceServer: 'refused' })
  })
})
