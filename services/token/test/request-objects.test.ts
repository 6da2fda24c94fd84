import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { redirectUri } from './a-client.ts'
import { type AuthorizeSuite, locationOf, startAuthorizeSuite } from './authorize-under-test.ts'
import type { Browser } from './browser.ts'
import { startKeyServer } from './key-server.ts'
import { issuer } from './token-under-test.ts'

let suite: AuthorizeSuite
let browser: Browser
let clientId: string
const keys = await generateKeyPair('ES256', { extractable: true })
const publicJwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' }

beforeAll(async () => {
  suite = await startAuthorizeSuite({ OUTBOUND_ALLOWED_NETWORKS: '127.0.0.0/8' })
  const metadata = { require_consent: false, jwks: { keys: [publicJwk] } }
  clientId = (await suite.newClient({ metadata })).id
  browser = (await suite.aSignedInBrowser()).browser
})
afterAll(() => suite.close())

const now = () => Math.floor(Date.now() / 1000)

type Overrides = Readonly<Record<string, unknown>>

const payloadOf = (overrides: Overrides = {}): JWTPayload =>
  JSON.parse(
    JSON.stringify({
      ...suite.aRequest(clientId, { state: 'signed' }),
      iss: clientId,
      aud: issuer,
      exp: now() + 300,
      ...overrides,
    }),
  )

const sign = (overrides?: Overrides, header: Record<string, unknown> = {}, key = keys.privateKey) =>
  new SignJWT(payloadOf(overrides))
    .setProtectedHeader({ alg: 'ES256', typ: 'oauth-authz-req+jwt', kid: 'k1', ...header })
    .sign(key)

const ask = async (request: string, others: Record<string, string> = {}) =>
  locationOf(
    await suite.authorize(browser, { client_id: clientId, redirect_uri: redirectUri, ...others, request }),
  )

const invalid = (state?: string) => ({
  address: redirectUri,
  parameters: {
    error: 'invalid_request_object',
    error_description: expect.any(String),
    iss: issuer,
    ...(state === undefined ? {} : { state }),
  },
})

describe('RFC 9101: signed request objects', () => {
  it('say everything: what comes beside them does not count (§6.3)', async () => {
    const others = {
      state: 'added',
      scope: 'openid address',
      redirect_uri: 'https://evil.example/cb',
      prompt: 'login',
    }
    expect(await ask(await sign(), others)).toEqual({
      address: redirectUri,
      parameters: { code: expect.any(String), state: 'signed', iss: issuer },
    })
  })

  it('may be signed with a key that the client serves at its jwks_uri', async () => {
    const server = await startKeyServer()
    server.keys = [publicJwk]
    const { id } = await suite.newClient({ metadata: { require_consent: false, jwks_uri: server.uri } })
    const request = await sign({ client_id: id, iss: id })
    const answer = await suite.authorize(browser, { client_id: id, redirect_uri: redirectUri, request })
    await server.stop()
    expect(locationOf(answer).parameters).toHaveProperty('code')
    expect(server.fetches).toBe(1)
  })

  it('may hold numbers, lists and objects where parameters are such', async () => {
    const request = await sign({
      max_age: 100,
      resource: ['https://api.example', 'urn:example:b'],
      claims: { id_token: { email: null } },
      unknown: { ignored: true },
    })
    expect((await ask(request)).parameters).toHaveProperty('code')
  })

  it('may be typed as libraries did before', async () => {
    for (const typ of ['JWT', undefined])
      expect((await ask(await sign({}, { typ }))).parameters).toHaveProperty('code')
  })

  it('still have to be right in what they ask', async () => {
    expect(await ask(await sign({ scope: 'openid address' }))).toMatchObject({
      address: redirectUri,
      parameters: { error: 'invalid_scope', state: 'signed' },
    })
    const page = await suite.authorize(browser, {
      client_id: clientId,
      redirect_uri: redirectUri,
      request: await sign({ redirect_uri: 'https://evil.example/cb' }),
    })
    expect([page.status, page.headers.get('location')]).toEqual([400, null])
  })

  it('are required of a client that is registered for them (§10.5)', async () => {
    const { id } = await suite.newClient({
      metadata: { require_signed_request_object: true, jwks: { keys: [publicJwk] } },
    })
    expect(locationOf(await suite.authorize(browser, suite.aRequest(id))).parameters).toMatchObject({
      error: 'invalid_request',
      state: 'af0ifjsldkj',
    })
  })
})

describe('OpenID Connect Registration §2: request_object_signing_alg', () => {
  it.each(['ES256', 'ES384'] as const)(
    '%s is the one algorithm that counts',
    async request_object_signing_alg => {
      const { id } = await suite.newClient({
        metadata: { require_consent: false, jwks: { keys: [publicJwk] }, request_object_signing_alg },
      })
      const request = await sign({ client_id: id, iss: id })
      const answer = await suite.authorize(browser, { client_id: id, redirect_uri: redirectUri, request })
      const { parameters } = locationOf(answer)
      if (request_object_signing_alg === 'ES256') expect(parameters).toHaveProperty('code')
      else
        expect(parameters).toMatchObject({
          error: 'invalid_request_object',
          error_description: 'request must be signed with one of ES384',
        })
    },
  )
})

describe('CHECKLIST 21: what is no request object', () => {
  it('is unsigned', async () => {
    expect(await ask(new UnsecuredJWT(payloadOf()).encode())).toEqual(invalid())
  })

  it('is signed with a secret, even if it is the public key', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(publicJwk))
    const request = await new SignJWT(payloadOf()).setProtectedHeader({ alg: 'HS256' }).sign(secret)
    expect(await ask(request, { state: 'outer' })).toEqual(invalid('outer'))
  })

  it('is signed with another key, even one that it brings along', async () => {
    const other = await generateKeyPair('ES256', { extractable: true })
    const jwk = await exportJWK(other.publicKey)
    expect(await ask(await sign({}, {}, other.privateKey))).toEqual(invalid())
    expect(await ask(await sign({}, { jwk, kid: undefined }, other.privateKey))).toEqual(invalid())
  })

  it('comes from a client without keys', async () => {
    const { id } = await suite.newClient({ metadata: { require_consent: false } })
    const request = await sign({ client_id: id, iss: id })
    const answer = await suite.authorize(browser, { client_id: id, redirect_uri: redirectUri, request })
    expect(locationOf(answer)).toEqual(invalid())
  })

  it.each<readonly [string, () => Overrides]>([
    ['is of another issuer', () => ({ iss: 'another' })],
    ['is for somebody else', () => ({ aud: 'https://other.example' })],
    ['has no issuer', () => ({ iss: undefined })],
    ['has no audience', () => ({ aud: undefined })],
    ['never expires', () => ({ exp: undefined })],
    ['has expired', () => ({ exp: now() - 60 })],
    ['lives for a day', () => ({ exp: now() + 86_400 })],
    ['has lived for more than an hour', () => ({ nbf: now() - 4_200 })],
    ['is not valid yet', () => ({ nbf: now() + 300 })],
    ['is of another client', () => ({ client_id: 'another' })],
    ['has no client', () => ({ client_id: undefined })],
    ['could pass for an assertion (§10.8)', () => ({ sub: clientId })],
    ['holds another one', () => ({ request: 'x.y.z' })],
    ['refers to another one', () => ({ request_uri: 'urn:ietf:params:oauth:request_uri:x' })],
    ['has a parameter of a wrong type', () => ({ state: { a: 1 } })],
    ['holds what no store can', () => ({ nonce: 'n\0' })],
    ['holds half a surrogate pair', () => ({ nonce: 'n\ud800' })],
    ['holds half of one in a list', () => ({ resource: ['https://api.example', 'urn:x:\udc00'] })],
  ])('%s', async (_, overrides) => {
    expect(await ask(await sign(overrides()))).toEqual(invalid())
  })

  it('is another kind of token', async () => {
    for (const typ of ['at+jwt', 'dpop+jwt', 'logout+jwt'])
      expect(await ask(await sign({}, { typ }))).toEqual(invalid())
  })

  it('is encrypted, or no JWT at all', async () => {
    for (const text of ['a.b.c.d.e', 'nonsense', '..']) expect(await ask(text)).toEqual(invalid())
  })

  it('was used before, in any number of parallel requests', async () => {
    const request = await sign({ jti: randomUUID() })
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(request)))
    expect(answers.filter(({ parameters }) => 'code' in parameters)).toHaveLength(1)
    expect(answers.filter(({ parameters }) => parameters.error === 'invalid_request_object')).toHaveLength(9)
  })

  it('comes beside a pushed request', async () => {
    const answer = await ask(await sign(), { request_uri: 'urn:ietf:params:oauth:request_uri:x' })
    expect(answer.parameters).toMatchObject({ error: 'invalid_request' })
  })
})

describe('FAPI 2.0 Message Signing §5.3.1: a client that pushes, and signs what it pushes', () => {
  const metadata = {
    require_pushed_authorization_requests: true,
    require_signed_request_object: true,
    jwks: { keys: [publicJwk] },
  }
  const push = async (id: string, overrides: Overrides) => {
    const request = await sign({ client_id: id, iss: id, ...overrides })
    const { status, body } = await suite.replica.postForm('/oauth/par', { client_id: id, request })
    return [status, body.error, body.error_description]
  }

  it('says from when on its request is good', async () => {
    const { id } = await suite.newClient({ metadata })
    expect(await push(id, {})).toEqual([
      400,
      'invalid_request_object',
      'nbf of the request object is missing or wrong',
    ])
    for (const nbf of [now(), now() + 8]) expect(await push(id, { nbf })).toEqual([201, undefined, undefined])
  })

  it('pushes nothing unsigned', async () => {
    const { id } = await suite.newClient({ metadata })
    const request = suite.aRequest(id) as Record<string, string>
    const { status, body } = await suite.replica.postForm('/oauth/par', request)
    expect([status, body.error]).toEqual([400, 'invalid_request'])
  })
})

describe('RFC 9126 §3: a request object that is pushed', () => {
  it('counts as it was signed', async () => {
    const pushed = await suite.replica.postForm('/oauth/par', { client_id: clientId, request: await sign() })
    expect(pushed.status).toBe(201)
    const answer = await suite.authorize(browser, {
      client_id: clientId,
      request_uri: String(pushed.body.request_uri),
    })
    expect(locationOf(answer).parameters).toMatchObject({ code: expect.any(String), state: 'signed' })
  })

  it('is refused where it is wrong', async () => {
    const { status, body } = await suite.replica.postForm('/oauth/par', {
      client_id: clientId,
      request: await sign({ aud: 'https://other.example' }),
    })
    expect([status, body.error]).toEqual([400, 'invalid_request_object'])
  })
})
