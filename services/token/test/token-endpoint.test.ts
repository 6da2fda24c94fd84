import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { aClient, type ClientInit } from './a-client.ts'
import { addScopes } from './scopes.ts'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica

beforeAll(async () => {
  suite = await startTokenSuite()
  await addScopes(suite.database, ['api:read', 'api:write', 'api:delete'])
  await addScopes(suite.database, ['api:hello'], { isDefault: true })
  await addScopes(suite.database, ['api:old'], { isActive: false, isDefault: true })
  replica = await suite.startReplica()
})
afterAll(async () => {
  await replica.close()
  await suite.close()
})

/** A machine client, and its requests. */
const aMachine = async (init: ClientInit = {}) => {
  const client = await aClient(suite.database, {
    type: 'confidential',
    ...init,
    metadata: {
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'api:read api:write api:hello api:old openid profile admin:clients:read',
      ...init.metadata,
    },
  })
  const ask = (parameters: Readonly<Record<string, string | readonly string[]>> = {}) =>
    replica.postForm('/oauth/token', {
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.rawSecret,
      ...parameters,
    })
  return { ...client, ask }
}

describe('draft OAuth 2.1 §3.2: the token endpoint', () => {
  it('answers by POST of a form alone', async () => {
    expect((await replica.get('/oauth/token')).status).toBe(405)
    const json = await replica.post('/oauth/token', '{}')
    expect([json.status, await json.json()]).toEqual([
      415,
      expect.objectContaining({ error: 'invalid_request' }),
    ])
  })

  it('needs a grant_type', async () => {
    const { status, body } = await replica.postForm('/oauth/token', { grant_type: '' })
    expect([status, body]).toEqual([
      400,
      {
        error: 'invalid_request',
        error_description: 'grant_type parameter is required',
        error_uri: 'https://latchkey.dev/docs/troubleshooting#invalid_request',
      },
    ])
  })

  it('refuses a parameter that comes twice (CHECKLIST 7)', async () => {
    const { ask } = await aMachine()
    const { status, body } = await ask({ scope: ['api:read', 'api:write'] })
    expect([status, body.error]).toEqual([400, 'invalid_request'])
  })

  it('ignores a parameter that it does not know (CHECKLIST 7)', async () => {
    const { ask } = await aMachine()
    expect((await ask({ something: 'else' })).status).toBe(200)
  })

  it.each([
    ['password', /OAuth 2\.1 has removed the password grant/],
    ['implicit', /OAuth 2\.1 has removed the implicit grant/],
    ['nonsense', /^grant_type must be one of: /],
    ['toString', /^grant_type must be one of: /],
  ])('CHECKLIST 13: refuses the grant %s, and says why', async (grantType, description) => {
    const { status, body } = await replica.postForm('/oauth/token', {
      grant_type: grantType,
      username: 'ada@example.com',
      password: 'Secret1!',
    })
    expect([status, body.error]).toEqual([400, 'unsupported_grant_type'])
    expect(body.error_description).toMatch(description)
  })

  it('refuses a grant that the client is not registered for', async () => {
    const { ask } = await aMachine({ metadata: { grant_types: ['authorization_code'] } })
    const { status, body } = await ask()
    expect([status, body.error]).toEqual([400, 'unauthorized_client'])
  })
})

describe('draft OAuth 2.1 §4.2: client_credentials', () => {
  it('gives an access token that speaks of the client alone, and that no cache may keep (CHECKLIST 17)', async () => {
    const { id, ask } = await aMachine()
    const { status, headers, body } = await ask({ scope: 'api:read' })
    expect([status, body]).toEqual([
      200,
      { access_token: expect.any(String), token_type: 'Bearer', expires_in: 900, scope: 'api:read' },
    ])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('pragma')).toBe('no-cache')
    const accessToken = String(body.access_token)
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    expect(decodeJwt(accessToken)).toEqual({
      iss: issuer,
      aud: issuer,
      sub: id,
      client_id: id,
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
      scope: 'api:read',
    })
  })

  it('lives as long as the client’s tokens do', async () => {
    const { ask } = await aMachine({ metadata: { access_token_ttl_seconds: 60 } })
    const { body } = await ask()
    const { iat = 0, exp = 0 } = decodeJwt(String(body.access_token))
    expect([body.expires_in, exp - iat]).toEqual([60, 60])
  })

  it('has the defaults among the client’s scopes where it asks for none, and not those of users', async () => {
    const { ask } = await aMachine()
    expect((await ask()).body.scope).toBe('api:hello')
  })

  it.each(['openid', 'profile', 'api:delete', 'api:read api:delete', 'API:READ', 'api:old'])(
    'has no scope of a user’s, and none that the client has not: %s',
    async scope => {
      const { ask } = await aMachine()
      expect(await ask({ scope })).toMatchObject({
        status: 400,
        body: { error: 'invalid_scope', error_description: 'Requested scope not available for client' },
      })
    },
  )

  it('gives admin scopes to clients that an operator has made', async () => {
    const { ask } = await aMachine()
    expect((await ask({ scope: 'admin:clients:read' })).body.scope).toBe('admin:clients:read')
  })

  it('gives no scope to a client that made itself, since nobody has a say in it', async () => {
    const { ask } = await aMachine({ origin: 'registration' })
    const { status, body } = await ask()
    expect([status, body.scope]).toEqual([200, undefined])
    for (const scope of ['api:hello', 'api:read', 'admin:clients:read'])
      expect((await ask({ scope })).body.error).toBe('invalid_scope')
  })

  it('is not for public clients', async () => {
    const { ask } = await aMachine({ type: 'public', metadata: { token_endpoint_auth_method: 'none' } })
    const { body } = await ask({ client_secret: '' })
    expect(body.error).toBe('unauthorized_client')
  })
})

describe('CHECKLIST 20: resource (RFC 8707 §2)', () => {
  it('is the audience, one or more, each once', async () => {
    const { ask } = await aMachine()
    const audienceOf = async (resource: string[]) =>
      decodeJwt(String((await ask({ resource })).body.access_token)).aud
    expect(await audienceOf(['https://api.example/'])).toBe('https://api.example/')
    const two = ['https://api.example/', 'urn:example:api']
    expect(await audienceOf([...two, 'urn:example:api'])).toEqual(two)
  })

  it('is one of the client’s list where it has one', async () => {
    const { ask } = await aMachine({ metadata: { resources: ['https://api.example/'] } })
    expect((await ask({ resource: 'https://api.example/' })).status).toBe(200)
    for (const resource of ['https://api.example', 'https://other.example/']) {
      expect((await ask({ resource: ['https://api.example/', resource] })).body.error).toBe('invalid_target')
    }
  })

  it.each(['/api', 'api', 'https://api.example/#a'])(
    'is absolute and has no fragment: %s',
    async resource => {
      const { ask } = await aMachine()
      expect(await ask({ resource })).toMatchObject({ status: 400, body: { error: 'invalid_target' } })
    },
  )
})
