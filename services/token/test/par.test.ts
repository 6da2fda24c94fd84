import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { redirectUri } from './a-client.ts'
import {
  type AuthorizeSuite,
  locationOf,
  type RequestParameters,
  startAuthorizeSuite,
} from './authorize-under-test.ts'
import type { Browser } from './browser.ts'
import { issuer } from './token-under-test.ts'

let suite: AuthorizeSuite
let browser: Browser
let client: Awaited<ReturnType<AuthorizeSuite['newClient']>>
let authorization: string

const basicOf = ({ id, rawSecret }: typeof client) =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(rawSecret)}`).toString('base64')}`

beforeAll(async () => {
  suite = await startAuthorizeSuite()
  const metadata = { require_consent: false, require_pushed_authorization_requests: true }
  client = await suite.newClient({ type: 'confidential', metadata })
  authorization = basicOf(client)
  browser = (await suite.aSignedInBrowser()).browser
})
afterAll(() => suite.close())

const push = (overrides: RequestParameters = {}, headers: Record<string, string> = { authorization }) => {
  const entries = Object.entries(suite.aRequest(client.id, overrides))
  const present = Object.fromEntries(entries.filter(([, value]) => value !== undefined))
  return suite.replica.postForm('/oauth/par', present as Record<string, string>, headers)
}

const use = async (requestUri: unknown, clientId: string = client.id, by = browser) => {
  const parameters = { client_id: clientId, request_uri: String(requestUri) }
  const answer = await suite.authorize(by, parameters, { accept: 'application/json' })
  return { status: answer.status, ...locationOf(answer), answer }
}

describe('RFC 9126 §2: pushed requests', () => {
  it('get a reference that lives for a minute, which no cache keeps', async () => {
    const { status, headers, body } = await push()
    expect([status, body]).toEqual([
      201,
      {
        request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/),
        expires_in: 60,
      },
    ])
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('count as they were pushed, and nothing beside them does (§4)', async () => {
    const { body } = await push({ state: 'pushed' })
    const answer = await suite.authorize(browser, {
      client_id: client.id,
      request_uri: String(body.request_uri),
      state: 'added',
      scope: 'openid profile',
      redirect_uri: 'https://evil.example',
    })
    expect(locationOf(answer)).toEqual({
      address: redirectUri,
      parameters: { code: expect.any(String), state: 'pushed', iss: issuer },
    })
  })

  it('are good for a user who has to sign in first', async () => {
    const { body } = await push()
    const stranger = suite.newBrowser()
    const { address, parameters } = await use(body.request_uri, client.id, stranger)
    expect(address).toBe('/base/login')
    await suite.signIn(stranger)
    const answer = await stranger.get(`/oauth/resume?flow=${parameters.flow}`)
    expect(locationOf(answer).parameters).toHaveProperty('code')
  })
})

describe('CHECKLIST 25', () => {
  it('one reference is used once, by any number of parallel requests', async () => {
    const { body } = await push()
    const answers = await Promise.all(Array.from({ length: 20 }, () => use(body.request_uri)))
    expect(answers.filter(({ parameters }) => 'code' in parameters)).toHaveLength(1)
    expect(answers.filter(({ parameters }) => parameters.error === 'invalid_request_uri')).toHaveLength(19)
  })

  it('the client hears that it was used where it wanted its answer, with its state, whatever the URL adds', async () => {
    const { body } = await push({ state: 'pushed' })
    await use(body.request_uri)
    const again = { client_id: client.id, request_uri: String(body.request_uri), state: 'added' }
    expect(locationOf(await suite.authorize(browser, again))).toEqual({
      address: redirectUri,
      parameters: {
        error: 'invalid_request_uri',
        error_description: 'request_uri has expired or was used',
        state: 'pushed',
        iss: issuer,
      },
    })
  })

  it('prompt=none uses it up as well (CVE-2026-96446)', async () => {
    const { body } = await push({ prompt: 'none' })
    const first = await use(body.request_uri, client.id, suite.newBrowser())
    expect(first.parameters).toMatchObject({ error: 'login_required', iss: issuer })
    expect((await use(body.request_uri)).parameters.error).toBe('invalid_request_uri')
  })

  it('it is bound to its client, whose own use another’s attempt does not spoil', async () => {
    const { body } = await push()
    const other = await suite.newClient({ metadata: { require_consent: false } })
    expect((await use(body.request_uri, other.id)).status).toBe(400)
    expect((await use(body.request_uri)).parameters).toHaveProperty('code')
    expect((await use(body.request_uri, other.id)).status).toBe(400)
  })

  it('it lives shortly', async () => {
    const { body } = await push()
    await suite.database.pool.query("update pushed_requests set expires_at = now() - interval '1 second'")
    expect((await use(body.request_uri)).parameters.error).toBe('invalid_request_uri')
  })

  it('it can’t be guessed', async () => {
    expect((await use('urn:ietf:params:oauth:request_uri:guess')).status).toBe(400)
  })

  it('a push without authentication, or with a wrong secret, is refused', async () => {
    for (const headers of [{}, { authorization: basicOf({ ...client, rawSecret: 'wrong' }) }]) {
      const { status, body } = await push({}, headers)
      expect([status, body.error]).toEqual([401, 'invalid_client'])
    }
  })

  it('a request_uri inside a push is refused', async () => {
    const pushed = await push()
    const { status, body } = await push({ request_uri: String(pushed.body.request_uri) })
    expect([status, body.error]).toEqual([400, 'invalid_request'])
  })

  it('a client that is registered to push may do nothing else (§6)', async () => {
    const answer = await suite.authorize(browser, suite.aRequest(client.id))
    expect(locationOf(answer)).toMatchObject({
      address: redirectUri,
      parameters: { error: 'invalid_request' },
    })
  })
})

describe('RFC 9126 §2.1: a push is checked as the request would be', () => {
  it.each([
    [
      { redirect_uri: 'https://evil.example/cb' },
      'invalid_request',
      'redirect_uri not registered for this client',
    ],
    [{ scope: 'openid address' }, 'invalid_scope', 'Requested scope not available for client'],
    [{ code_challenge: undefined }, 'invalid_request', 'code_challenge parameter is required for OAuth 2.1'],
    [{ response_type: 'token' }, 'unsupported_response_type', expect.any(String)],
    [{ resource: '/api' }, 'invalid_target', expect.any(String)],
    [{ client_id: 'another' }, 'invalid_request', expect.any(String)],
    [{ prompt: ['login', 'login'] }, 'invalid_request', expect.any(String)],
  ])('%j: %s', async (overrides, error, description) => {
    const { status, body } = await push(overrides as RequestParameters)
    expect([status, body]).toMatchObject([400, { error, error_description: description }])
  })

  it('with a redirect_uri, always (FAPI 2.0 §5.3.2.2)', async () => {
    const { status, body } = await push({ redirect_uri: undefined, scope: 'email' })
    expect([status, body]).toMatchObject([
      400,
      { error: 'invalid_request', error_description: 'redirect_uri parameter is required' },
    ])
  })

  it('by a public client too, which names itself', async () => {
    const open = await suite.newClient({ metadata: { require_consent: false } })
    const request = suite.aRequest(open.id) as Record<string, string>
    const { status, body } = await suite.replica.postForm('/oauth/par', request)
    expect(status).toBe(201)
    expect((await use(body.request_uri, open.id)).parameters).toHaveProperty('code')
  })
})
