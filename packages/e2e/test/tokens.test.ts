/** Access tokens as any resource server sees them: verified by `jose` alone (RFC 9068; CHECKLIST 21 to 23). */
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JWTHeaderParameters,
  type JWTPayload,
  jwtVerify,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import { call } from '../src/call.ts'
import { aPerson, createDevice } from '../src/person.ts'
import { problemIn } from '../src/problems.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const somebody = async () => {
  const person = aPerson()
  const device = createDevice(suite)
  return { person, device, tokens: await device.register(person) }
}

const verify = (token: string) =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${suite.issuer}/.well-known/jwks.json`)), {
    issuer: suite.issuer,
    audience: suite.issuer,
    typ: 'at+jwt',
    algorithms: ['ES256'],
  })

describe('RFC 9068 §2: an access token', () => {
  it.each(['register', 'login', 'refresh'] as const)(
    'of %s verifies with the published keys and says what it must',
    async from => {
      const { person, device, tokens: registered } = await somebody()
      const tokens = {
        register: async () => registered,
        login: () => device.signIn(person),
        refresh: () => device.refresh(registered.refresh_token),
      }
      const issuedAt = Math.floor(Date.now() / 1_000)
      const { access_token, expires_in } = await tokens[from]()
      const { payload, protectedHeader } = await verify(access_token)
      expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) })
      expect(payload).toEqual({
        iss: suite.issuer,
        aud: suite.issuer,
        sub: registered.user.id,
        client_id: 'latchkey',
        sid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        grant_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        jti: expect.any(String),
        iat: expect.any(Number),
        exp: expect.any(Number),
        auth_time: expect.any(Number),
        acr: 'urn:latchkey:acr:sfa',
        amr: ['pwd'],
        scope: 'openid profile email roles',
        type: 'access',
      })
      expect(expires_in).toBe(900)
      expect(Number(payload.exp) - Number(payload.iat)).toBe(900)
      expect(Math.abs(Number(payload.iat) - issuedAt)).toBeLessThan(60)
    },
  )

  it('has a jti of its own each time, and the session that it belongs to', async () => {
    const { device, tokens } = await somebody()
    const next = await device.refresh(tokens.refresh_token)
    const [first, second] = [decodeJwt(tokens.access_token), decodeJwt(next.access_token)]
    expect(second.jti).not.toBe(first.jti)
    expect(second.sid).toBe(first.sid)
    expect(second.auth_time).toBe(first.auth_time)
    const { json } = await device.send('GET', '/auth/sessions', { bearer: next.access_token })
    expect(json).toMatchObject({ sessions: [{ id: first.sid, current: true }] })
  })

  it('holds nothing about the person but their id', async () => {
    const { person, tokens } = await somebody()
    const text = JSON.stringify(decodeJwt(tokens.access_token))
    expect(text).not.toContain(person.email)
    expect(text).not.toContain(person.name)
  })
})

describe('the published keys', () => {
  const members: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    EdDSA: { kty: 'OKP', crv: 'Ed25519', x: expect.any(String) },
    ES256: { kty: 'EC', crv: 'P-256', x: expect.any(String), y: expect.any(String) },
    RS256: { kty: 'RSA', n: expect.any(String), e: 'AQAB' },
  }

  it('are of every algorithm, have no private member, a kid of their own, and say what they are for', async () => {
    const { keys }: { keys: Record<string, string>[] } = Object(
      (await call(suite.gateway, 'GET', '/.well-known/jwks.json')).json,
    )
    expect(new Set(keys.map(({ alg }) => alg))).toEqual(new Set(Object.keys(members)))
    for (const key of keys)
      expect(key).toEqual({ ...members[key.alg ?? ''], alg: key.alg, use: 'sig', kid: expect.any(String) })
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length)
  })
})

describe('a forged token is refused (ASVS 9.1)', () => {
  type Forge = (claims: JWTPayload, header: JWTHeaderParameters) => Promise<string>
  const resigned = async (claims: JWTPayload, header: JWTHeaderParameters, extra = {}): Promise<string> => {
    const { privateKey } = await generateKeyPair('ES256')
    return new SignJWT(claims).setProtectedHeader({ ...header, ...extra }).sign(privateKey)
  }
  const forgeries: readonly [string, Forge][] = [
    ['signed with another key under our kid', resigned],
    ['of an unknown kid', (claims, header) => resigned(claims, header, { kid: randomUUID() })],
    ['of a kid that is a path', (claims, header) => resigned(claims, header, { kid: '../../etc/passwd' })],
    ['of a kid that is SQL', (claims, header) => resigned(claims, header, { kid: "' OR 1=1 --" })],
    ['of a very long kid', (claims, header) => resigned(claims, header, { kid: 'k'.repeat(4_000) })],
    [
      'with its own key in jwk',
      async (claims, header) => {
        const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
        const jwk = await exportJWK(publicKey)
        return new SignJWT(claims).setProtectedHeader({ ...header, jwk }).sign(privateKey)
      },
    ],
    ['with a jku elsewhere', (c, h) => resigned(c, h, { jku: 'https://evil.example/jwks.json' })],
    ['with an x5u elsewhere', (c, h) => resigned(c, h, { x5u: 'https://evil.example/cert.pem' })],
    ['without a signature (alg none)', async claims => new UnsecuredJWT(claims).encode()],
    [
      'signed with the public key as an HMAC secret',
      async (claims, header) => {
        const jwks = await call(suite.gateway, 'GET', '/.well-known/jwks.json')
        const secret = new TextEncoder().encode(jwks.text)
        return new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(secret)
      },
    ],
  ]

  it.each(forgeries)('%s', async (_, forge) => {
    const { device, tokens } = await somebody()
    const header = { alg: 'ES256', ...decodeProtectedHeader(tokens.access_token) }
    const forged = await forge(decodeJwt(tokens.access_token), header)
    const answer = await device.send('GET', '/auth/me', { bearer: forged })
    expect(problemIn(answer)).toMatchObject({ status: 401, detail: 'Invalid token' })
  })

  it.each([
    ['with another payload', (token: string) => [0, 'eyJzdWIiOiJhZG1pbiJ9', 2].map(pick(token)).join('.')],
    ['cut short', (token: string) => token.slice(0, -4)],
    ['with its signature gone', (token: string) => token.slice(0, token.lastIndexOf('.') + 1)],
    ['of two parts', (token: string) => token.slice(0, token.lastIndexOf('.'))],
    ['of four parts', (token: string) => `${token}.x`],
    ['in another spelling of base64', (token: string) => `${token}=`],
  ])('%s', async (_, change) => {
    const { device, tokens } = await somebody()
    const answer = await device.send('GET', '/auth/me', { bearer: change(tokens.access_token) })
    expect(problemIn(answer)).toMatchObject({ status: 401, detail: 'Invalid token' })
  })
})

const pick = (token: string) => (part: number | string) =>
  typeof part === 'string' ? part : token.split('.')[part]
