import { createHash, createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { calculateJwkThumbprint, exportJWK, SignJWT } from 'jose'
import { type DpopExpectation, dpopProofOf, verifyDpopProof } from './dpop.ts'

const now = new Date('2026-11-26T12:00:00Z')
const nowSeconds = now.getTime() / 1_000
const url = 'https://id.example/base/oauth/token'
const expected: DpopExpectation = { method: 'POST', url, acceptsNonce: () => true, now }

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = await exportJWK(publicKey)

const someClaims = { jti: 'proof-1', htm: 'POST', htu: url, iat: nowSeconds }
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

const aProof = (
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key: KeyObject = privateKey,
) =>
  new SignJWT({ ...someClaims, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
    .sign(key)

/** What no library signs: exactly these members, and any signature. */
const aRawProof = (header: unknown, claims: unknown = someClaims, signature = 'AAAA') =>
  `${base64url(header)}.${base64url(claims)}.${signature}`

const refusalOf = async (proof: string | Promise<string>, overrides: Partial<DpopExpectation> = {}) =>
  verifyDpopProof(await proof, { ...expected, ...overrides }).then(
    () => undefined,
    (error: { error?: string; message: string }) => error,
  )
const invalid = (words: string) => ({
  error: 'invalid_dpop_proof',
  status: 400,
  message: expect.stringContaining(words),
})

describe('RFC 9449 §4.3: a proof', () => {
  it('gives the thumbprint of its key (RFC 7638), its jti, and when it is too old', async () => {
    expect(await verifyDpopProof(await aProof(), expected)).toEqual({
      jkt: await calculateJwkThumbprint(jwk),
      jti: 'proof-1',
      expiresAt: new Date('2026-11-26T12:05:00Z'),
    })
  })

  it.each([
    ['ES384', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['EdDSA', generateKeyPairSync('ed25519')],
    ['Ed25519', generateKeyPairSync('ed25519')],
    ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['PS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ])('may be signed with %s', async (alg, keys) => {
    const ownJwk = await exportJWK(keys.publicKey)
    const { jkt } = await verifyDpopProof(await aProof({}, { alg, jwk: ownJwk }, keys.privateKey), expected)
    expect(jkt).toBe(await calculateJwkThumbprint(ownJwk))
  })

  it('has the same thumbprint whatever else is in the jwk', async () => {
    const adorned = { kid: 'x', use: 'sig', alg: 'ES256', 'x-more': 1, ...jwk }
    expect((await verifyDpopProof(await aProof({}, { jwk: adorned }), expected)).jkt).toBe(
      await calculateJwkThumbprint(jwk),
    )
  })

  it('is signed with the algorithm that its jwk is for, if that says so (RFC 7517 §4.4)', async () => {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const rsa = { ...(await exportJWK(keys.publicKey)), alg: 'PS256' }
    expect(await refusalOf(aProof({}, { alg: 'PS256', jwk: rsa }, keys.privateKey))).toBeUndefined()
    expect(await refusalOf(aProof({}, { alg: 'RS256', jwk: rsa }, keys.privateKey))).toMatchObject(
      invalid('not the one that its jwk is for'),
    )
  })

  it('comes in one header (check 1)', () => {
    expect(dpopProofOf(undefined)).toBeUndefined()
    expect(dpopProofOf(['a'])).toBe('a')
    expect(() => dpopProofOf(['a', 'a'])).toThrow('has several')
  })

  it.each(['', 'nonsense', 'a.b', 'a.b.c.d', `${'a'.repeat(5_000)}.b.c`, 'a.b.c ', 'a.b.c=', 'a.b.c, a.b.c'])(
    'is a single well-formed JWT (check 2), unlike %j',
    async text => {
      expect(await refusalOf(text)).toMatchObject(invalid('not a'))
    },
  )

  it('has typ dpop+jwt (check 4)', async () => {
    for (const typ of [undefined, 'JWT', 'at+jwt'])
      expect(await refusalOf(aProof({}, { typ }))).toMatchObject(invalid('typ'))
  })

  it('is signed with an asymmetric algorithm of the list (check 5)', async () => {
    expect(await refusalOf(aRawProof({ alg: 'none', typ: 'dpop+jwt', jwk }, someClaims, 'AA'))).toMatchObject(
      invalid('signed with one of'),
    )
    const header = { alg: 'HS256', typ: 'dpop+jwt', jwk: { kty: 'oct', k: 'c2VjcmV0' } }
    const signed = `${base64url(header)}.${base64url(someClaims)}`
    const mac = createHmac('sha256', 'secret').update(signed).digest('base64url')
    expect(await refusalOf(`${signed}.${mac}`)).toMatchObject(invalid('signed with one of'))
  })

  it('is verified with the key of its header, and no other (check 6)', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(await refusalOf(aProof({}, {}, other.privateKey))).toMatchObject(invalid('signature'))
    const [header, , signature] = (await aProof()).split('.')
    const altered = `${header}.${base64url({ ...someClaims, jti: 'other' })}.${signature}`
    expect(await refusalOf(altered)).toMatchObject(invalid('signature'))
  })

  it('brings no private key (check 7)', async () => {
    const leaked = await exportJWK(privateKey)
    expect(await refusalOf(aProof({}, { jwk: leaked }))).toMatchObject(invalid('no private one'))
  })

  it.each([
    ['none', undefined],
    ['a text', 'key'],
    ['a list', [jwk]],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0' }],
    ['an unknown kind', { ...jwk, kty: 'toString' }],
    ['no kind', { crv: jwk.crv, x: jwk.x, y: jwk.y }],
    ['half a point', { ...jwk, y: undefined }],
    ['numbers for text', { ...jwk, x: 7 }],
    ['an RSA key with a long exponent', { kty: 'RSA', n: 'A'.repeat(342), e: 'A'.repeat(342) }],
  ])('has a public key in jwk, not %s', async (_what, hostile) => {
    expect(await refusalOf(aRawProof({ alg: 'ES256', typ: 'dpop+jwt', jwk: hostile }))).toMatchObject(
      invalid('public key'),
    )
  })

  it.each([
    ['a point off the curve', { ...jwk, y: jwk.x }],
    ['a key of another algorithm', generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })],
    [
      'a weak RSA key',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }),
    ],
  ])('is refused with %s', async (_what, hostile) => {
    const alg = hostile.kty === 'RSA' ? 'RS256' : 'ES256'
    expect(await refusalOf(aRawProof({ alg, typ: 'dpop+jwt', jwk: hostile }))).toMatchObject(invalid(''))
  })

  it('ignores no critical header', async () => {
    const header = { alg: 'ES256', typ: 'dpop+jwt', jwk, crit: ['unknown'], unknown: 1 }
    expect(await refusalOf(aRawProof(header))).toMatchObject(invalid(''))
  })

  it('is for the method of the request, in its case (check 8)', async () => {
    for (const htm of [undefined, 'GET', 'post', ['POST']])
      expect(await refusalOf(aProof({ htm }))).toMatchObject(invalid('htm'))
  })

  it.each([
    url,
    `${url}?a=b#c`,
    'HTTPS://ID.EXAMPLE:443/base/oauth/token',
    'https://id.example/base/./x/../oauth/token',
    'https://id.example/b%61se/oauth/%74oken',
  ])('is for the address of the request, normalised (check 9, RFC 3986 §6.2): %s', async htu => {
    await expect(verifyDpopProof(await aProof({ htu }), expected)).resolves.toMatchObject({ jti: 'proof-1' })
  })

  it.each([
    undefined,
    7,
    '',
    '/base/oauth/token',
    'http://id.example/base/oauth/token',
    'https://id.example:444/base/oauth/token',
    'https://id.example/oauth/token',
    'https://id.example/base/oauth/token/',
    'https://id.example/base/oauth/TOKEN',
    'https://id.example/base/oauth%2ftoken',
    'https://id.example.evil.example/base/oauth/token',
    'https://id.example@evil.example/base/oauth/token',
    'https://user@id.example/base/oauth/token',
    'https:\\\\id.example\\base\\oauth\\token',
    ' https://id.example/base/oauth/token',
    'https://id.example/base/oauth/to\nken',
    'https:id.example/base/oauth/token',
  ])('is for no other address (check 9): %j', async htu => {
    expect(await refusalOf(aProof({ htu }))).toMatchObject(invalid('htu'))
  })

  it('is fresh (check 11): at most 300 s old, at most 60 s ahead', async () => {
    for (const iat of [nowSeconds - 300, nowSeconds, nowSeconds + 10, nowSeconds + 60])
      expect(await refusalOf(aProof({ iat }))).toBeUndefined()
    expect(await refusalOf(aProof({ iat: nowSeconds - 301 }))).toMatchObject(invalid('older than'))
    expect(await refusalOf(aProof({ iat: nowSeconds + 61 }))).toMatchObject(invalid('in the future'))
    expect(await refusalOf(aProof({ iat: undefined }))).toMatchObject(invalid('iat'))
    expect(await refusalOf(aProof({ exp: nowSeconds - 61 }))).toMatchObject(invalid('expired'))
  })

  it('has a jti that can be remembered', async () => {
    for (const jti of [undefined, '', 7, 'x'.repeat(257)])
      expect(await refusalOf(aProof({ jti }))).toMatchObject(invalid('jti'))
  })
})

describe('RFC 9449 §8: nonces', () => {
  const acceptsNonce = (nonce: string | undefined) => nonce === 'right'

  it('asks for the nonce where it is missing or wrong', async () => {
    for (const nonce of [undefined, 'wrong', ['right'], ''])
      expect(await refusalOf(aProof({ nonce }), { acceptsNonce })).toMatchObject({
        error: 'use_dpop_nonce',
        status: 400,
      })
    expect(await refusalOf(aProof({ nonce: 'right' }), { acceptsNonce })).toBeUndefined()
  })

  it('says what else is wrong first', async () => {
    expect(await refusalOf(aProof({ htm: 'GET' }), { acceptsNonce })).toMatchObject(invalid('htm'))
  })
})

describe('RFC 9449 §7: with an access token', () => {
  const accessToken = 'some.access.token'
  const ath = createHash('sha256').update(accessToken).digest('base64url')

  it('names it by ath (check 12)', async () => {
    expect(await refusalOf(aProof({ ath }), { accessToken })).toBeUndefined()
    for (const wrong of [undefined, '', accessToken, `${ath}=`, ath.toUpperCase()])
      expect(await refusalOf(aProof({ ath: wrong }), { accessToken })).toMatchObject(invalid('ath'))
  })
})
