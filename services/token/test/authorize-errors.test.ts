import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
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

/** An error for the client, by redirect. */
const expectRedirect = async (overrides: RequestParameters, error: string, description: unknown) => {
  const answer = await ask(overrides)
  expect(answer.status).toBe(303)
  expect(locationOf(answer)).toEqual({
    address: redirectUri,
    parameters: { error, error_description: description, state: 'af0ifjsldkj', iss: issuer },
  })
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
      await expectRedirect({ [name]: ['1', '1'] }, 'invalid_request', `${name} comes more than once`)
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

describe('CHECKLIST 5: PKCE', () => {
  it.each([
    ['without a challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['with a method alone', { code_challenge: undefined }],
    ['with an empty challenge', { code_challenge: '' }],
  ])('is required: %s', async (_, overrides) => {
    await expectRedirect(overrides, 'invalid_request', 'code_challenge parameter is required for OAuth 2.1')
  })

  it.each(['plain', 's256', 'S512', undefined])('is S256 alone, not %s', async method => {
    await expectRedirect(
      { code_challenge_method: method },
      'invalid_request',
      'code_challenge_method must be S256',
    )
  })

  it('has a challenge that can be a hash', async () => {
    await expectRedirect(
      { code_challenge: 'short' },
      'invalid_request',
      'code_challenge must be 43 characters of base64url',
    )
  })

  it('may be left out by a confidential client whose operator allowed it, for OpenID Connect alone', async () => {
    const bare = { code_challenge: undefined, code_challenge_method: undefined }
    const metadata = { require_pkce: false, require_consent: false, scope: 'openid email' }
    const confidential = await suite.newClient({ type: 'confidential', metadata })
    const open = await suite.newClient({ type: 'public', metadata })
    const askAs = async (id: string, overrides = {}) =>
      locationOf(await suite.authorize(browser, suite.aRequest(id, { ...bare, ...overrides }))).parameters
    expect(await askAs(confidential.id)).toHaveProperty('code')
    expect(await askAs(confidential.id, { scope: 'email' })).toMatchObject({ error: 'invalid_request' })
    expect(await askAs(open.id)).toMatchObject({ error: 'invalid_request' })
  })
})

describe('CHECKLIST 13: no implicit grant; response modes by client', () => {
  it.each(['token', 'id_token', 'id_token token', 'code id_token'])(
    'refuses response_type=%s, and says why',
    async type => {
      await expectRedirect(
        { response_type: type },
        'unsupported_response_type',
        'The implicit grant is not part of OAuth 2.1: use response_type=code with PKCE',
      )
    },
  )

  it('refuses other response types, and none', async () => {
    await expectRedirect({ response_type: 'none' }, 'unsupported_response_type', 'response_type must be code')
    await expectRedirect({ response_type: 'Code' }, 'unsupported_response_type', 'response_type must be code')
    await expectRedirect(
      { response_type: undefined },
      'invalid_request',
      'response_type parameter is required',
    )
  })

  it('refuses the fragment, unknown modes, and those that the client may not use', async () => {
    await expectRedirect(
      { response_mode: 'fragment' },
      'invalid_request',
      'response_mode fragment is not supported: use query or form_post',
    )
    await expectRedirect(
      { response_mode: 'jwt' },
      'invalid_request',
      expect.stringContaining('query, form_post'),
    )
    const { id } = await suite.newClient({ metadata: { response_modes: ['query'], require_consent: false } })
    const answer = await suite.authorize(browser, suite.aRequest(id, { response_mode: 'form_post' }))
    expect(locationOf(answer).parameters).toMatchObject({ error: 'invalid_request' })
  })

  it('refuses a client that is not registered for codes', async () => {
    const { id } = await suite.newClient({ metadata: { grant_types: ['client_credentials'] } })
    const answer = await suite.authorize(browser, suite.aRequest(id))
    expect(locationOf(answer).parameters).toMatchObject({ error: 'unauthorized_client', iss: issuer })
  })
})

describe('scope', () => {
  it.each([
    'openid address',
    'openid unknown',
    'OPENID',
    'openid admin:clients:read',
    'openid offline_access',
  ])('is refused where the client can’t have all of it, or no user can grant it: %s', async scope => {
    await expectRedirect({ scope }, 'invalid_scope', 'Requested scope not available for client')
  })

  it('is refused where it is none', async () => {
    await expectRedirect({ scope: 'openid "email"' }, 'invalid_scope', expect.any(String))
  })

  it('is refused where it is inactive', async () => {
    await suite.database.prisma.scope.create({
      data: { name: 'orders', description: 'Orders', active: false },
    })
    const { id } = await suite.newClient({ metadata: { scope: 'openid orders' } })
    const answer = await suite.authorize(browser, suite.aRequest(id, { scope: 'openid orders' }))
    expect(locationOf(answer).parameters).toMatchObject({ error: 'invalid_scope' })
  })

  it('has no way round it through single claims (OpenID Connect Core §5.5)', async () => {
    const { id } = await suite.newClient({ metadata: { scope: 'openid', require_consent: false } })
    const claims = '{"userinfo":{"email":null}}'
    const answer = await suite.authorize(browser, suite.aRequest(id, { scope: 'openid', claims }))
    expect(locationOf(answer).parameters).toMatchObject({ error: 'invalid_scope' })
  })

  it('has no way to a scope that is switched off through single claims either: no page would show it', async () => {
    const { pool } = suite.database
    await pool.query(`update scopes set active = false where name = 'profile'`)
    try {
      const claims = '{"userinfo":{"name":null}}'
      await eventually(
        async () => {
          const answer = await suite.authorize(
            suite.newBrowser(),
            suite.aRequest(clientId, { scope: 'openid', claims }),
          )
          expect(locationOf(answer).parameters).toMatchObject({ error: 'invalid_scope' })
        },
        { timeoutMs: 20_000 },
      )
    } finally {
      await pool.query(`update scopes set active = true where name = 'profile'`)
    }
  })
})

describe('CHECKLIST 20: resource (RFC 8707 §2)', () => {
  it.each(['/api', 'https://api.example/#part', 'nonsense'])(
    'is absolute and without a fragment, not %s',
    async wrong => {
      await expectRedirect({ resource: ['https://api.example', wrong] }, 'invalid_target', expect.any(String))
    },
  )

  it('is one of the client’s list where it has one', async () => {
    const metadata = { require_consent: false, resources: ['https://api.example'] }
    const { id } = await suite.newClient({ metadata })
    const askFor = async (resource: string) =>
      locationOf(await suite.authorize(browser, suite.aRequest(id, { resource }))).parameters
    expect(await askFor('https://api.example')).toHaveProperty('code')
    expect(await askFor('https://api.example/')).toMatchObject({ error: 'invalid_target' })
  })
})

describe('OpenID Connect parameters', () => {
  it.each([
    [{ prompt: 'none login' }, 'invalid_request'],
    [{ prompt: 'popup' }, 'invalid_request'],
    [{ max_age: '-1' }, 'invalid_request'],
    [{ max_age: '1.5' }, 'invalid_request'],
    [{ max_age: 'soon' }, 'invalid_request'],
    [{ claims: 'email' }, 'invalid_request'],
    [{ claims: '[]' }, 'invalid_request'],
    [{ claims: '{"id_token":{"email":true}}' }, 'invalid_request'],
    [
      { claims: '{"id_token":{"acr":{"essential":true,"values":["urn:x:gold"]}}}' },
      'unmet_authentication_requirements',
    ],
    [{ nonce: 'n'.repeat(2_049) }, 'invalid_request'],
    [{ dpop_jkt: 'short' }, 'invalid_request'],
    [{ registration: '{}' }, 'registration_not_supported'],
    [{ request_uri: 'https://app.example/request.jwt' }, 'request_uri_not_supported'],
    [{ request: 'eyJhbGciOiJub25lIn0.e30.' }, 'invalid_request_object'],
  ])('%j: %s', async (overrides, error) => {
    // RFC 6749 §4.1.2.1: no quotation mark, no backslash, nothing outside of ASCII.
    await expectRedirect(overrides, error, expect.stringMatching(/^[ !#-[\]-~]+$/))
  })

  it('may ask for the acr that there is, or for others where they are not essential', async () => {
    for (const acr of [
      { essential: true, values: ['urn:latchkey:acr:sfa', 'urn:x:gold'] },
      { values: ['urn:x:gold'] },
      { essential: true },
    ]) {
      const answer = await ask({ claims: JSON.stringify({ id_token: { acr } }) })
      expect(locationOf(answer).parameters).toHaveProperty('code')
    }
  })
})

describe('CHECKLIST 8: methods and CORS', () => {
  it('answers no other method, and allows no other origin', async () => {
    const answer = await browser.get('/oauth/authorize', { origin: 'https://evil.example' })
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})
