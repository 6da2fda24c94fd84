import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { createLocalJWKSet, exportJWK, jwtVerify, SignJWT, UnsecuredJWT } from 'jose'
import { clientIdOfAssertion, judgeClientAssertion } from './jwt-assertion.ts'

const now = new Date('2026-11-26T12:00:00Z')
const nowSeconds = now.getTime() / 1_000
const issuer = 'https://id.example'
const clientId = 'billing'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1' }
const keys = createLocalJWKSet({ keys: [jwk] })

const someClaims = { iss: clientId, sub: clientId, aud: issuer, jti: 'one', exp: nowSeconds + 60 }

const anAssertion = (
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key: KeyObject = privateKey,
) =>
  new SignJWT({ ...someClaims, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'key-1', ...header })
    .sign(key)

const judge = async (assertion: string | Promise<string>) =>
  judgeClientAssertion(await assertion, {
    clientId,
    issuer,
    now,
    verify: (jwt, options) => jwtVerify(jwt, keys, options),
  })
const refused = (reason: string) => ({ outcome: 'refused', reason: expect.stringContaining(reason) })

describe('RFC 7523 §3: a client assertion', () => {
  it('is right where it is the client’s own, for the issuer, and fresh', async () => {
    for (const typ of [undefined, 'JWT', 'client-authentication+jwt'])
      expect(await judge(anAssertion({}, { typ }))).toEqual({
        outcome: 'right',
        jti: 'one',
        expiresAt: new Date((nowSeconds + 90) * 1_000),
      })
  })

  it('has the client as issuer and as subject (1, 2)', async () => {
    for (const name of ['iss', 'sub'])
      for (const value of [undefined, 'Billing', 'other', issuer, ['billing']])
        expect(await judge(anAssertion({ [name]: value }))).toMatchObject({ outcome: 'refused' })
  })

  it.each([
    undefined,
    '',
    `${issuer}/`,
    `${issuer}/oauth/token`,
    'https://ID.example',
    [issuer],
    [issuer, 'https://other.example'],
    [`${issuer}/oauth/token`, issuer],
    {},
  ])('has the issuer as its one audience (3, FAPI 2.0 §5.3.2.1), not %j', async aud => {
    expect(await judge(anAssertion({ aud }))).toMatchObject({ outcome: 'refused' })
  })

  it('expires, and within ten minutes (4)', async () => {
    for (const exp of [undefined, nowSeconds - 31, nowSeconds + 631, nowSeconds * 1_000, '9'])
      expect(await judge(anAssertion({ exp }))).toMatchObject({ outcome: 'refused' })
    for (const exp of [nowSeconds - 29, nowSeconds + 600])
      expect(await judge(anAssertion({ exp }))).toMatchObject({ outcome: 'right' })
  })

  it('is not for later (5, 6): clocks 10 s ahead are accepted, 60 s are not', async () => {
    for (const name of ['nbf', 'iat']) {
      expect(await judge(anAssertion({ [name]: nowSeconds + 10 }))).toMatchObject({ outcome: 'right' })
      expect(await judge(anAssertion({ [name]: nowSeconds + 61 }))).toMatchObject({ outcome: 'refused' })
    }
  })

  it('has a jti that can be remembered (7)', async () => {
    for (const jti of [undefined, '', 7, 'x'.repeat(257)])
      expect(await judge(anAssertion({ jti }))).toEqual(refused('jti'))
  })

  it('is signed by a key of the client (9)', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(await judge(anAssertion({}, {}, other.privateKey))).toEqual(refused('signature'))
    expect(await judge(anAssertion({}, { kid: 'key-2' }))).toEqual(refused('no such key'))
    const otherJwk = await exportJWK(other.publicKey)
    for (const header of [
      { jwk: otherJwk },
      { jku: 'https://evil.example/jwks' },
      { x5u: 'https://evil.example' },
    ])
      expect(await judge(anAssertion({}, header, other.privateKey))).toEqual(refused('signature'))
  })

  it('is signed with an asymmetric algorithm: neither none nor the public key as a secret (CHECKLIST 21)', async () => {
    expect(await judge(`${new UnsecuredJWT(someClaims).encode()}AA`)).toEqual(refused('algorithm'))
    const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signed = `${base64url({ alg: 'HS256', kid: 'key-1' })}.${base64url(someClaims)}`
    const mac = createHmac('sha256', JSON.stringify(jwk)).update(signed).digest('base64url')
    expect(await judge(`${signed}.${mac}`)).toEqual(refused('algorithm'))
  })

  it('is no other kind of JWT that the client signs', async () => {
    for (const typ of ['oauth-authz-req+jwt', 'dpop+jwt', 'at+jwt', 'logout+jwt'])
      expect(await judge(anAssertion({}, { typ }))).toEqual(refused('typ'))
  })

  it.each(['', 'nonsense', 'a.b.c', 'e30.e30.AA'])('is a JWT, unlike %j', async text => {
    expect(await judge(text)).toMatchObject({ outcome: 'refused' })
  })

  it('is not blamed for what is no fault of it', async () => {
    const failing = judgeClientAssertion(await anAssertion(), {
      clientId,
      issuer,
      now,
      verify: async () => {
        throw new TypeError('away')
      },
    })
    await expect(failing).rejects.toThrow('away')
  })
})

describe('whom an assertion claims to be of', () => {
  it('is its subject', async () => {
    expect(clientIdOfAssertion(await anAssertion())).toBe(clientId)
  })

  it.each(['', 'a.b.c', 'e30.e30.AA', 'e30.bnVsbA.AA', `e30.${'e'.repeat(9_000)}.AA`])(
    'is nobody: %.20s',
    text => {
      expect(clientIdOfAssertion(text)).toBeUndefined()
    },
  )

  it('is nobody where the subject is no text', async () => {
    for (const sub of [7, null, '', ['billing']])
      expect(clientIdOfAssertion(await anAssertion({ sub }))).toBeUndefined()
  })
})
