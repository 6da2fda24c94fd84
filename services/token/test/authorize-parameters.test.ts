/** What a client may ask for at /oauth/authorize, and how it is told what it may not. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
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
let clientId: string
beforeAll(async () => {
  suite = await startAuthorizeSuite()
  const metadata = { require_consent: false, scope: 'openid profile email admin:clients:read' }
  clientId = (await suite.newClient({ metadata })).id
  browser = (await suite.aSignedInBrowser()).browser
})
afterAll(() => suite.close())

const ask = (overrides: RequestParameters) => suite.authorize(browser, suite.aRequest(clientId, overrides))

/** An error for the client, by redirect. */
const expectRedirect = async (overrides: RequestParameters, error: string, description: unknown) => {
  const answer = await ask(overrides)
  expect(answer.status).toBe(303)
  expect(locationOf(answer)).toEqual({
    address: redirectUri,
    parameters: { error, error_description: description, state: 'af0ifjsldkj', iss: issuer },
  })
}

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
