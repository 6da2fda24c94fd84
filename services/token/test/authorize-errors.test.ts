/** What is wrong with a request as a whole: its client, its address, its form. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { redirectUri } from './a-client.ts'
import {
  type AuthorizeSuite,
  locationOf,
  queryOf,
  type RequestParameters,
  startAuthorizeSuite,
} from './authorize-under-test.ts'
import type { Browser } from './browser.ts'
import { issuer } from './token-under-test.ts'

let suite: AuthorizeSuite
let browser: Browser
let clientId: string
beforeAll(async () => {
  suite = await startAuthorizeSuite()
  const metadata = { require_consent: false, scope: 'openid profile email admin:clients:read' }
  clientId = (await suite.newClient({ metadata })).id
  browser = (await suite.aSignedInBrowser()).browser
})
afterAll(() => suite.close())

const ask = (overrides: RequestParameters, headers?: Record<string, string>) =>
  suite.authorize(browser, suite.aRequest(clientId, overrides), headers)

const json = { accept: 'application/json' }

/** An error for the user alone: a page, whatever it is, that leads nowhere. */
const expectPage = async (overrides: RequestParameters, error: string, description: string) => {
  const page = await ask(overrides)
  expect(page.status).toBe(400)
  expect(page.headers.get('location')).toBeNull()
  expect(page.headers.get('content-type')).toMatch(/^text\/html/)
  const text = await page.text()
  expect(text).toContain(`${error}: ${description}`)
  expect(text).toContain(page.headers.get('x-request-id') ?? 'no request id')
  expect(text).not.toMatch(/https?:\/\/evil/)
  const answer = await ask(overrides, json)
  expect([answer.status, await answer.json()]).toEqual([
    400,
    {
      error,
      error_description: description,
      error_uri: `https://latchkey.dev/docs/troubleshooting#${error}`,
    },
  ])
}

describe('CHECKLIST 1: redirect_uri is compared as an exact string (draft OAuth 2.1 §2.3.1)', () => {
  it.each([
    'https://app.example/cb/',
    'https://app.example/cb/..',
    'https://app.example/cb/../cb',
    'https://app.example/..;/cb',
    'https://app.example/%63b',
    'https://app.example%2fcb',
    'https://app.example/cb#part',
    'https://app.example/cb?added=1',
    'https://app.example/CB',
    'https://APP.example/cb',
    'https://app.example:443/cb',
    'http://app.example/cb',
    'https://app.example@evil.example/cb',
    'https://evil.example/cb',
    '//app.example/cb',
    'https://äpp.example/cb',
    'javascript:alert(1)',
  ])('%s', async wrong => {
    await expectPage(
      { redirect_uri: wrong },
      'invalid_request',
      'redirect_uri not registered for this client',
    )
  })

  it('lets the port of a loopback address differ, and that of a name not (§8.4.2)', async () => {
    const { id } = await suite.newClient({
      metadata: { require_consent: false, redirect_uris: ['http://127.0.0.1/cb', 'http://localhost/cb'] },
    })
    const there = await suite.authorize(
      browser,
      suite.aRequest(id, { redirect_uri: 'http://127.0.0.1:51004/cb' }),
    )
    expect(locationOf(there)).toMatchObject({
      address: 'http://127.0.0.1:51004/cb',
      parameters: { code: expect.any(String) },
    })
    const nowhere = await suite.authorize(
      browser,
      suite.aRequest(id, { redirect_uri: 'http://localhost:51004/cb' }),
    )
    expect([nowhere.status, nowhere.headers.get('location')]).toEqual([400, null])
  })

  it('has to be there where the client has several', async () => {
    const { id } = await suite.newClient({
      metadata: { redirect_uris: [redirectUri, 'https://app.example/other'] },
    })
    const answer = await suite.authorize(browser, suite.aRequest(id, { redirect_uri: undefined }), json)
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error_description: 'redirect_uri parameter is required' },
    ])
  })
})

describe('OpenID Connect Core §3.1.2.1: redirect_uri', () => {
  it('has to be there in a request for openid, even where the client has one alone', async () => {
    await expectPage({ redirect_uri: undefined }, 'invalid_request', 'redirect_uri parameter is required')
  })
})

describe('CHECKLIST 2, 3: what is wrong with client or redirect URI is said in a page, never by redirect', () => {
  it.each([
    ['unknown', { client_id: 'nobody' }],
    ['in other letters', { client_id: 'CLIENT' }],
    ['hostile', { client_id: '<script>alert(1)</script>' }],
  ])('a client that is %s', async (_, overrides) => {
    await expectPage(overrides, 'invalid_client', 'Client not found or inactive')
  })

  it('a client that is inactive', async () => {
    const { id } = await suite.newClient({ active: false })
    await expectPage({ client_id: id }, 'invalid_client', 'Client not found or inactive')
  })

  it('a client_id in other letters than its own', async () => {
    const { id } = await suite.newClient({ id: 'Case-Sensitive' })
    await expectPage({ client_id: id.toLowerCase() }, 'invalid_client', 'Client not found or inactive')
  })

  it.each([undefined, ''])('no client_id: %j', async none => {
    await expectPage({ client_id: none }, 'invalid_request', 'client_id parameter is required')
  })

  it('escapes what it repeats, and loads nothing from anywhere (CHECKLIST 9)', async () => {
    const page = await ask({ redirect_uri: 'https://evil.example/"><script>alert(1)</script>' })
    expect(await page.text()).not.toContain('<script>')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
  })
})

describe('CHECKLIST 7: parameters (draft OAuth 2.1 §3.1)', () => {
  it.each(['client_id', 'redirect_uri', 'state', 'response_mode', 'request', 'request_uri'])(
    'twice %s: nobody can say where an answer belongs',
    async name => {
      const query = `${queryOf(suite.aRequest(clientId))}&${name}=x&${name}=x`
      const answer = await browser.get(`/oauth/authorize?${query}`, json)
      expect([answer.status, await answer.json()]).toMatchObject([
        400,
        { error: 'invalid_request', error_description: `${name} comes more than once` },
      ])
    },
  )

  it.each(['scope', 'nonce', 'prompt', 'code_challenge', 'response_type', 'max_age'])(
    'twice %s: the client is told',
    async name => {
      expect(locationOf(await ask({ [name]: ['1', '1'] }))).toEqual({
        address: redirectUri,
        parameters: {
          error: 'invalid_request',
          error_description: `${name} comes more than once`,
          state: 'af0ifjsldkj',
          iss: issuer,
        },
      })
    },
  )

  it('ignores unknown ones, even twice, and takes empty ones as absent', async () => {
    const answer = await ask({
      unknown: ['a', 'b'],
      prompt: '',
      max_age: '',
      request: '',
      request_uri: '',
      claims: '',
    })
    expect(locationOf(answer).parameters).toHaveProperty('code')
    const withoutState = await ask({ state: '' })
    expect(locationOf(withoutState).parameters).not.toHaveProperty('state')
  })

  it('refuses what is not UTF-8 or holds NUL', async () => {
    for (const broken of ['state=%ff', 'state=%00', 'state=%zz']) {
      const answer = await browser.get(`/oauth/authorize?client_id=${clientId}&${broken}`)
      expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
    }
  })

  it('gives back a state of any text as it came', async () => {
    const state = 'ä &=+#%20"<>\u{1F511}'
    expect(locationOf(await ask({ state })).parameters.state).toBe(state)
  })
})

describe('CHECKLIST 8: methods and CORS', () => {
  it('answers no other method, and allows no other origin', async () => {
    const answer = await browser.get('/oauth/authorize', { origin: 'https://evil.example' })
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})
