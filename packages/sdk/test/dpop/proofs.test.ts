import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { exportJWK, SignJWT } from 'jose'
import { ProofError } from '../../src/dpop/proof-error.ts'
import { verifyProof } from '../../src/dpop/verify-proof.ts'
import { sha256 as sha256ByWebCryptography } from '../../src/sha256/web.ts'
import { nowSeconds, startedAt } from '../issuer.ts'
import { athOf, createClientKey, target } from './client-key.ts'

const client = await createClientKey()
const request = { method: 'GET', url: target }
const rules = { now: startedAt }

const refusal = async (proof: string, expected: Parameters<typeof verifyProof>[1] = request) => {
  const error = await verifyProof(proof, expected, rules).catch((caught: unknown) => caught)
  if (!(error instanceof ProofError)) throw new Error('was accepted, or failed otherwise', { cause: error })
  expect(error.code).toBe('invalid_dpop_proof')
  return error.reason
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('RFC 9449 §4.3: checking DPoP proofs', () => {
  it('accepts a good one and says whose it is, and until when it must be remembered', async () => {
    const proof = await client.aProof({ jti: 'one' })
    await expect(verifyProof(proof, request, rules)).resolves.toEqual({
      thumbprint: client.thumbprint,
      jti: 'one',
      issuedAt: startedAt,
      expiresAt: new Date(startedAt.getTime() + 70_000),
      nonce: undefined,
    })
  })

  it.each(['ES256', 'ES512', 'EdDSA', 'PS256', 'RS384'])('accepts %s', async alg => {
    const other = await createClientKey(alg)
    const proof = await verifyProof(await other.aProof(), request, rules)
    expect(proof.thumbprint).toBe(other.thumbprint)
  })

  it.each(['', 'a.b', 'a.b.c', 'null', 'e30.e30.', `${'a'.repeat(4_100)}.b.c`])(
    '2: refuses what is no JWT: %j',
    async proof => {
      expect(await refusal(proof)).toBe('malformed')
    },
  )

  it.each(['jti', 'htm', 'htu', 'iat'])('3: refuses one without %s', async claim => {
    expect(await refusal(await client.aProof({ [claim]: undefined }))).toBe('claims')
  })

  it.each([{ jti: 7 }, { jti: '' }, { jti: 'j'.repeat(257) }, { htm: ['GET'] }, { htu: null }, { nonce: 1 }])(
    '3: refuses a claim of another form: %j',
    async claims => {
      expect(await refusal(await client.aProof(claims))).toBe('claims')
    },
  )

  it.each(['JWT', 'at+jwt', undefined, 'dpop'])('4: refuses the type %p', async typ => {
    expect(await refusal(await client.aProof({}, { typ }))).toMatch(/type|claims/)
  })

  it('5: refuses an algorithm that is not allowed', async () => {
    const proof = await client.aProof()
    const strict = verifyProof(proof, request, { ...rules, algorithms: ['EdDSA'] })
    await expect(strict).rejects.toMatchObject({ reason: 'algorithm' })
  })

  it.each(['none', 'None', 'HS256'])('5: refuses %s', async alg => {
    const head = base64url({ alg, typ: 'dpop+jwt', jwk: client.jwk })
    const body = base64url({ jti: 'x', htm: 'GET', htu: target, iat: nowSeconds })
    expect(['malformed', 'algorithm']).toContain(await refusal(`${head}.${body}.`))
    expect(await refusal(`${head}.${body}.c2ln`)).toBe('algorithm')
  })

  it('6: refuses a signature by another key than the one it shows', async () => {
    const other = await createClientKey()
    expect(await refusal(await client.aProof({}, { jwk: other.jwk }))).toBe('signature')
  })

  it('7: refuses a private key in the header', async () => {
    const jwk = await exportJWK(client.privateKey)
    expect(jwk).toHaveProperty('d')
    expect(await refusal(await client.aProof({}, { jwk }))).toBe('key')
  })

  it.each([undefined, 'key', null, {}, { kty: 'oct', k: 'AAAA' }, { kty: 'EC', crv: 'P-256', x: 'AA' }])(
    '7: refuses a header without a usable public key: %j',
    async jwk => {
      expect(await refusal(await client.aProof({}, { jwk }))).toMatch(/key|malformed/)
    },
  )

  it('7: never asks another place for the key', async () => {
    const header = { jwk: undefined, jku: 'https://evil.example/jwks.json', kid: 'a' }
    expect(await refusal(await client.aProof({}, header))).toBe('key')
  })

  it.each(['POST', 'get', 'GET '])('8: refuses the method %j for GET', async htm => {
    expect(await refusal(await client.aProof({ htm }))).toBe('method')
  })

  it.each([
    'https://api.example/orders?page=2',
    'https://api.example/orders#top',
    'HTTPS://API.EXAMPLE:443/orders',
    'https://api.example/a/../orders',
    'https://api.example/%6frders',
  ])('9: takes %s for the same address', async htu => {
    await expect(verifyProof(await client.aProof({ htu }), request, rules)).resolves.toBeDefined()
    const proof = await client.aProof()
    await expect(verifyProof(proof, { ...request, url: htu }, rules)).resolves.toBeDefined()
  })

  it.each([
    'https://api.example/orders/',
    'https://api.example/Orders',
    'https://api.example/orders%2F1',
    'https://api.example:8443/orders',
    'http://api.example/orders',
    'https://api.example.evil/orders',
    'https://user@api.example/orders',
    '/orders',
    'data:text/plain,orders',
    'orders',
  ])('9: refuses %s', async htu => {
    expect(await refusal(await client.aProof({ htu }))).toBe('target')
  })

  it('11: refuses one that is older than a minute, or from the future, beyond the clocks’ difference', async () => {
    for (const iat of [nowSeconds - 70, nowSeconds + 10])
      await expect(verifyProof(await client.aProof({ iat }), request, rules)).resolves.toBeDefined()
    for (const iat of [nowSeconds - 71, nowSeconds + 11])
      expect(await refusal(await client.aProof({ iat }))).toBe('time')
    expect(await refusal(await client.aProof({ exp: nowSeconds - 60 }))).toBe('time')
  })

  it('12: refuses one for another access token, or for none', async () => {
    const accessToken = 'header.payload.signature'
    const withToken = { ...request, accessToken }
    const good = await client.aProof({ ath: athOf(accessToken) })
    await expect(verifyProof(good, withToken, rules)).resolves.toBeDefined()
    for (const ath of [athOf('other'), undefined, accessToken, ''])
      expect(await refusal(await client.aProof({ ath }), withToken)).toBe('token')
  })

  it('refuses an extension that it does not understand (RFC 7515 §4.1.11)', async () => {
    const proof = await new SignJWT({ jti: 'c', htm: 'GET', htu: target, iat: nowSeconds })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: client.jwk, crit: ['x'], x: 1 })
      .sign(client.privateKey, { crit: { x: true } })
    expect(await refusal(proof)).toBe('malformed')
  })

  it('refuses a key of fewer than 2048 bits (RFC 7518 §3.3)', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const header = base64url({ alg: 'RS256', typ: 'dpop+jwt', jwk: publicKey.export({ format: 'jwk' }) })
    const signed = `${header}.${base64url({ jti: 'w', htm: 'GET', htu: target, iat: nowSeconds })}`
    const signature = sign('sha256', Buffer.from(signed), privateKey).toString('base64url')
    expect(await refusal(`${signed}.${signature}`)).toMatch(/key|malformed/)
  })

  it('refuses a key that is made to cost: an exponent as long as its modulus', async () => {
    const { jwk } = await createClientKey('RS256')
    expect(await refusal(await client.aProof({}, { jwk: { ...jwk, e: jwk.n } }))).toMatch(/key|malformed/)
  })
})

describe('RFC 9449 §4.2: ath outside Node', () => {
  it('is the same hash by Web Cryptography', async () => {
    expect(await sha256ByWebCryptography('ä.b.c')).toBe(athOf('ä.b.c'))
  })
})
