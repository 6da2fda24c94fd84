/** RFC 7591 and RFC 7592: clients that register themselves and look after their registration. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { adminSettings, anOperator, tokenOf } from './an-operator.ts'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

const initialToken = randomBytes(32).toString('base64url')

let suite: Suite
let open: Replica
beforeAll(async () => {
  suite = await startTokenSuite()
  open = await suite.startReplica({ ...adminSettings, REGISTRATION_ACCESS: 'open' })
})
afterAll(async () => {
  await open.close()
  await suite.close()
})

const aRequest = (members: object = {}) => ({
  client_name: 'Weather',
  redirect_uris: ['https://weather.example.com/callback'],
  ...members,
})

const register = async (members: object = {}, bearer?: string, on = open) => {
  const {
    status,
    headers,
    body = {},
  } = await on.send('POST', '/oauth/register', {
    json: aRequest(members),
    ...(bearer === undefined ? {} : { bearer }),
  })
  return { status, headers, body }
}

const registered = async (members: object = {}) => {
  const { status, body } = await register(members)
  expect(status).toBe(201)
  const path = `/oauth/register/${body.client_id}`
  const bearer = String(body.registration_access_token)
  return {
    body,
    bearer,
    path,
    get: () => open.send('GET', path, { bearer }),
    put: (json: object) => open.send('PUT', path, { bearer, json }),
  }
}

const canSignIn = async (id: unknown, secret: unknown): Promise<boolean> => {
  const { body } = await open.postForm(
    '/oauth/token',
    { grant_type: 'client_credentials' },
    { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
  )
  // A client without that grant, and no stranger.
  return body.error === 'unauthorized_client'
}

describe('RFC 7591 §3.2.1: registration', () => {
  it('answers with everything that was registered, defaults included, and is not kept by caches', async () => {
    const { status, headers, body } = await register()
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store'])
    expect(body).toEqual({
      client_id: expect.any(String),
      client_id_issued_at: expect.any(Number),
      client_secret: expect.stringMatching(/^lks_/),
      client_secret_expires_at: 0,
      registration_access_token: expect.any(String),
      registration_client_uri: `${issuer}/oauth/register/${body.client_id}`,
      client_name: 'Weather',
      redirect_uris: ['https://weather.example.com/callback'],
      post_logout_redirect_uris: [],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'openid profile email',
      id_token_signed_response_alg: 'RS256',
      require_pushed_authorization_requests: false,
      require_signed_request_object: false,
      dpop_bound_access_tokens: false,
      backchannel_logout_session_required: false,
      frontchannel_logout_session_required: false,
      require_auth_time: false,
      contacts: [],
    })
    expect(await canSignIn(body.client_id, body.client_secret)).toBe(true)
  })

  it('keeps the one algorithm of assertions and of request objects (Registration §2)', async () => {
    const algorithms = { token_endpoint_auth_signing_alg: 'PS256', request_object_signing_alg: 'ES256' }
    expect((await register(algorithms)).body).toMatchObject(algorithms)
    for (const hostile of ['none', 'HS256'])
      expect(await register({ token_endpoint_auth_signing_alg: hostile })).toMatchObject({
        status: 400,
        body: { error: 'invalid_client_metadata' },
      })
  })

  it('gives a public client no secret', async () => {
    const { body } = await register({ token_endpoint_auth_method: 'none' })
    expect(body).not.toHaveProperty('client_secret')
    expect(body).not.toHaveProperty('client_secret_expires_at')
  })

  it('passes over members that it does not know, and those that only operators decide about (§2)', async () => {
    const { status, body } = await register({
      software_id: 'x',
      'client_name#de': 'Wetter',
      require_consent: false,
      require_pkce: false,
      access_token_ttl_seconds: 86_400,
      cors_origins: ['https://evil.example'],
      client_id: 'chosen',
    })
    expect(status).toBe(201)
    expect(body.client_id).not.toBe('chosen')
    const { rows } = await suite.database.pool.query('select origin, metadata from clients where id = $1', [
      body.client_id,
    ])
    expect(rows).toEqual([
      {
        origin: 'registration',
        metadata: expect.objectContaining({ require_consent: true, require_pkce: true, cors_origins: [] }),
      },
    ])
    expect(rows[0].metadata).not.toHaveProperty('access_token_ttl_seconds')
  })

  it('shows a client without a name by where its users are sent', async () => {
    expect((await register({ client_name: undefined })).body.client_name).toBe('weather.example.com')
  })

  it.each<[object, string, RegExp]>([
    [{ redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri', /^redirect_uris\.0 must be https/],
    [{ redirect_uris: ['data:text/html,x'] }, 'invalid_redirect_uri', /^redirect_uris\.0/],
    [{ redirect_uris: ['https://a.example/#b'] }, 'invalid_redirect_uri', /must not have a fragment/],
    [{ redirect_uris: ['http://a.example/'] }, 'invalid_redirect_uri', /must be https/],
    [{ redirect_uris: [] }, 'invalid_redirect_uri', /at least one URI/],
    [{ redirect_uris: 'https://a.example/' }, 'invalid_redirect_uri', /^redirect_uris must be a list$/],
    [
      { token_endpoint_auth_method: 'client_secret_jwt' },
      'invalid_client_metadata',
      /^token_endpoint_auth_method must be 'client_secret_basic' or /,
    ],
    [
      { dpop_bound_access_tokens: 'yes' },
      'invalid_client_metadata',
      /^dpop_bound_access_tokens must be true or false$/,
    ],
    [{ logo_uri: 'javascript:alert(1)' }, 'invalid_client_metadata', /^logo_uri/],
    [
      { frontchannel_logout_uri: 'javascript:alert(1)' },
      'invalid_client_metadata',
      /^frontchannel_logout_uri/,
    ],
    [
      { frontchannel_logout_uri: 'https://weather.example.com:8443/out' },
      'invalid_client_metadata',
      /^frontchannel_logout_uri must have scheme, host and port of a registered redirect URI/,
    ],
    [{ jwks_uri: 'http://169.254.169.254/latest' }, 'invalid_client_metadata', /^jwks_uri must be https/],
    [{ grant_types: ['implicit'] }, 'invalid_client_metadata', /^grant_types/],
    [{ grant_types: ['password'] }, 'invalid_client_metadata', /^grant_types/],
    [{ response_types: ['token'] }, 'invalid_client_metadata', /^response_types\.0 can only be code/],
    [
      { subject_type: 'pairwise', sector_identifier_uri: 'https://a.example/sector.json' },
      'invalid_client_metadata',
      /^subject_type can only be public: pairwise is not supported/,
    ],
    [{ id_token_signed_response_alg: 'none' }, 'invalid_client_metadata', /^id_token_signed_response_alg/],
    [
      { scope: 'admin:clients:write' },
      'invalid_client_metadata',
      /^scope admin:clients:write is for clients of operators/,
    ],
    [{ scope: 'openid nothing' }, 'invalid_client_metadata', /^scope nothing does not exist/],
    [{ client_name: 'A\u0000B' }, 'invalid_request', /NUL/],
    [{ client_name: 'A\u202eB' }, 'invalid_client_metadata', /^client_name must not hold control/],
    [{ token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata', /^jwks/],
    [
      { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } },
      'invalid_client_metadata',
      /^jwks\.keys\.0 must be a public key/,
    ],
  ])('§3.2.2: refuses %j', async (members, error, description) => {
    const { status, body } = await register(members)
    expect({ status, error: body.error }).toEqual({ status: 400, error })
    expect(body.error_description).toMatch(description)
    // RFC 6749 §5.2: no quotation mark, no backslash, nothing outside of ASCII.
    expect(body.error_description).toMatch(/^[ !#-[\]-~]+$/)
  })

  it('a client of admin scopes can not come about by two requests at once, or by a grant that needs no user', async () => {
    const { body } = await register({ grant_types: ['client_credentials'], scope: 'admin:users:read' })
    expect(body.error).toBe('invalid_client_metadata')
  })
})

describe('REGISTRATION_ACCESS', () => {
  it('off: nobody registers, and the metadata does not name the endpoint', async () => {
    const replica = await suite.startReplica()
    const { status, body } = await register({}, undefined, replica)
    expect([status, body.error]).toEqual([403, 'access_denied'])
    const metadata = await replica.send('GET', '/.well-known/oauth-authorization-server')
    expect(metadata.body).not.toHaveProperty('registration_endpoint')
    await replica.close()
  })

  it('token: who has an initial token, or is an operator', async () => {
    const replica = await suite.startReplica({
      ...adminSettings,
      REGISTRATION_ACCESS: 'token',
      REGISTRATION_INITIAL_TOKENS: `${'x'.repeat(32)}, ${initialToken}`,
    })
    const statusWith = async (bearer?: string) => (await register({}, bearer, replica)).status
    expect(await statusWith()).toBe(401)
    expect(await statusWith('guess')).toBe(401)
    expect(await statusWith(initialToken)).toBe(201)
    expect(await statusWith(await tokenOf(replica, { scope: 'admin:clients:write' }))).toBe(201)
    expect(await statusWith(await tokenOf(replica, { scope: 'admin:clients:read' }))).toBe(403)
    const metadata = await replica.send('GET', '/.well-known/openid-configuration')
    expect(metadata.body).toMatchObject({ registration_endpoint: `${issuer}/oauth/register` })
    await replica.close()
  })

  it.each([{ REGISTRATION_ACCESS: 'sometimes' }, { REGISTRATION_INITIAL_TOKENS: 'short' }])(
    'is checked at the start: %j',
    async env => {
      await expect(suite.startReplica(env)).rejects.toThrow(Object.keys(env)[0])
    },
  )
})

describe('RFC 7592: management', () => {
  it('§2.1: shows the registration, without the secret, of which only a hash is left', async () => {
    const { body, get } = await registered()
    const { client_secret: _, client_secret_expires_at: __, ...rest } = body
    expect(await get()).toMatchObject({ status: 200, body: rest })
    expect((await get()).body).not.toHaveProperty('client_secret')
  })

  it('§2.2: replaces it; what is left out goes back to its default', async () => {
    const { body, put, get } = await registered({
      contacts: ['a@example.com'],
      policy_uri: 'https://a.example/p',
    })
    const { status, body: after } = await put({
      client_id: body.client_id,
      redirect_uris: ['https://weather.example.com/new'],
      client_name: 'Climate',
    })
    expect(status).toBe(200)
    expect(after).toMatchObject({
      client_name: 'Climate',
      redirect_uris: ['https://weather.example.com/new'],
      contacts: [],
      registration_access_token: body.registration_access_token,
    })
    expect(after).not.toHaveProperty('policy_uri')
    expect((await get()).body).toEqual(after)
    expect(await canSignIn(body.client_id, body.client_secret)).toBe(true)
  })

  it.each<[object, string]>([
    [{ client_id: 'another' }, 'invalid_client_metadata'],
    [{ client_id: undefined }, 'invalid_client_metadata'],
    [{ registration_access_token: 'x' }, 'invalid_client_metadata'],
    [{ client_secret_expires_at: 0 }, 'invalid_client_metadata'],
    [{ client_secret: 'one-of-my-own-choice' }, 'invalid_client_metadata'],
    [{ redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    [{ scope: 'admin:clients:write' }, 'invalid_client_metadata'],
  ])('§2.2: refuses %j and changes nothing', async (members, error) => {
    const { body, put, get } = await registered()
    const before = (await get()).body
    const answer = await put({ ...aRequest(), client_id: body.client_id, ...members })
    expect([answer.status, answer.body?.error]).toEqual([400, error])
    expect((await get()).body).toEqual(before)
  })

  it('§2.2: takes the secret back that it gave, and leaves it as it is', async () => {
    const { body, put } = await registered()
    const { client_id, client_secret } = body
    expect((await put({ ...aRequest(), client_id, client_secret })).status).toBe(200)
    expect(await canSignIn(client_id, client_secret)).toBe(true)
  })

  it('leaves what an operator has decided: switched off stays off, a second factor stays required', async () => {
    const { body, put } = await registered()
    const operator = await anOperator(open)
    const admin = `/admin/api/clients/${body.client_id}`
    const decided = {
      active: false,
      access_token_ttl_seconds: 60,
      refresh_token_ttl_seconds: 600,
      require_mfa: true,
      response_modes: ['query'],
      resources: ['https://api.example'],
      cors_origins: ['https://weather.example.com'],
    }
    await operator.send('PATCH', admin, decided)
    expect((await put({ ...aRequest(), client_id: body.client_id })).status).toBe(200)
    expect((await operator.send('GET', admin)).body).toMatchObject(decided)
  })

  it('§2.3: takes it back', async () => {
    const { body, path, bearer } = await registered()
    expect((await open.send('DELETE', path, { bearer })).status).toBe(204)
    expect((await open.send('GET', path, { bearer })).status).toBe(401)
    expect(await canSignIn(body.client_id, body.client_secret)).toBe(false)
  })

  it('§2: answers 401 alike to a missing, a wrong and another client’s token, and for an unknown client', async () => {
    const { path } = await registered()
    const { bearer: others } = await registered()
    const answers = [
      await open.send('GET', path),
      await open.send('GET', path, { bearer: 'wrong' }),
      await open.send('GET', path, { bearer: others }),
      await open.send('GET', '/oauth/register/nobody', { bearer: others }),
      await open.send('DELETE', path, { bearer: others }),
      await open.send('PUT', path, { bearer: others, json: aRequest() }),
    ]
    expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1)
    expect(answers[0]?.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/)
  })

  it('is not there for clients of operators', async () => {
    const operator = await anOperator(open)
    const { body } = await operator.send('POST', '/admin/api/clients', {
      name: 'X',
      grant_types: ['client_credentials'],
    })
    expect((await open.send('GET', `/oauth/register/${body?.client_id}`, { bearer: 'x' })).status).toBe(401)
  })

  it('stores no registration token as it is (CHECKLIST 41)', async () => {
    const { bearer } = await registered()
    const { rows } = await suite.database.pool.query('select * from clients')
    expect(JSON.stringify(rows)).not.toContain(bearer)
  })
})
