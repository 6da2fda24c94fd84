/** /admin/api/clients, by the admin client's own tokens, across two replicas. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type EventuallyOptions, eventually } from '@latchkey/testkit'
import { adminSettings, anOperator, type Operator, tokenOf } from './an-operator.ts'
import { startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica
let other: Replica
let operator: Operator
beforeAll(async () => {
  suite = await startTokenSuite()
  replica = await suite.startReplica(adminSettings)
  other = await suite.startReplica()
  operator = await anOperator(replica)
})
afterAll(async () => {
  await Promise.all([replica.close(), other.close()])
  await suite.close()
})

const aRequest = (members: object = {}) => ({
  name: 'Shop',
  redirect_uris: ['https://shop.example.com/callback'],
  ...members,
})

const create = async (members: object = {}) => {
  const { status, body = {} } = await operator.send('POST', '/admin/api/clients', aRequest(members))
  expect(status).toBe(201)
  return body
}

const aMachine = { redirect_uris: [], grant_types: ['client_credentials'], scope: '' }

const canSignIn = async (on: Replica, id: unknown, secret: unknown): Promise<unknown> => {
  const { status, body } = await on.postForm(
    '/oauth/token',
    { grant_type: 'client_credentials' },
    { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
  )
  return status === 200 ? 'yes' : body.error_description
}

describe('POST /admin/api/clients', () => {
  it('makes a confidential client that most applications can use, and tells its secret once', async () => {
    const { headers, body = {} } = await operator.send('POST', '/admin/api/clients', aRequest())
    expect(body).toMatchObject({
      client_id: expect.any(String),
      client_secret: expect.stringMatching(/^lks_[\w-]{43}$/),
      name: 'Shop',
      client_type: 'confidential',
      active: true,
      origin: 'operator',
      redirect_uris: ['https://shop.example.com/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile email offline_access',
      require_pkce: true,
    })
    // Its secret may come either way, unless the operator names one.
    expect(body).not.toHaveProperty('token_endpoint_auth_method')
    const path = `/admin/api/clients/${body.client_id}`
    expect(headers.get('location')).toBe(path)
    expect(headers.get('cache-control')).toBe('no-store')
    const { body: shown } = await operator.send('GET', path)
    const { client_secret: _, ...rest } = body
    expect(shown).toEqual(rest)
  })

  it('stores no secret as it is (CHECKLIST 41)', async () => {
    const { client_secret } = await create()
    const { rows } = await suite.database.pool.query(
      'select * from clients c join client_secrets s on s.client_id = c.id',
    )
    expect(JSON.stringify(rows)).not.toContain(String(client_secret).slice(4))
  })

  it('makes a public client, which has no secret', async () => {
    const body = await create({ client_type: 'public' })
    expect(body).toMatchObject({ client_type: 'public', token_endpoint_auth_method: 'none', secrets: [] })
    expect(body).not.toHaveProperty('client_secret')
    expect(await create({ token_endpoint_auth_method: 'none' })).toMatchObject({ client_type: 'public' })
  })

  it('takes an id and a secret that an operator brings along', async () => {
    const credentials = { client_id: 'legacy-app', client_secret: 'x'.repeat(32) }
    expect(await create({ ...aMachine, ...credentials })).toMatchObject(credentials)
    expect(await canSignIn(replica, 'legacy-app', 'x'.repeat(32))).toBe('yes')
    const again = await operator.send('POST', '/admin/api/clients', aRequest(credentials))
    expect([again.status, again.body?.code]).toEqual([409, 'CLIENT_EXISTS'])
  })

  it.each<[object, string]>([
    [{ name: undefined }, 'name: required'],
    [{ name: 'x\u0007' }, 'name: invalid_value'],
    [{ redirect_uris: ['javascript:alert(1)'] }, 'redirect_uris.0: invalid_value'],
    [{ redirect_uris: ['https://a.example/#b'] }, 'redirect_uris.0: invalid_value'],
    [{ scope: 'openid missing-scope' }, 'scope: unknown_scope'],
    [{ client_id: 'latchkey' }, 'client_id: invalid_value'],
    [{ client_secret: 'short' }, 'client_secret: invalid_format'],
    [{ redirect_uri: 'https://a.example/' }, 'redirect_uri: unknown_member'],
    [{ client_type: 'secret' }, 'client_type: invalid_value'],
    [{ grant_types: ['password'] }, 'grant_types.0: invalid_value'],
    [{ client_type: 'public', require_pkce: false }, 'require_pkce: not_allowed'],
  ])('refuses %j, field by field', async (members, fault) => {
    const { status, headers, body } = await operator.send('POST', '/admin/api/clients', aRequest(members))
    expect([status, headers.get('content-type'), body?.code]).toEqual([
      400,
      'application/problem+json',
      'VALIDATION_FAILED',
    ])
    const errors = body?.errors as { field: string; code: string }[]
    expect(errors.map(({ field, code }) => `${field}: ${code}`)).toEqual([fault])
  })
})

describe('GET /admin/api/clients', () => {
  it('lists a page at a time, newest first, and finds by name', async () => {
    const name = `Paged ${Date.now()}`
    const made: unknown[] = []
    for (const _ of [1, 2, 3]) made.unshift((await create({ name })).client_id)
    const search = encodeURIComponent(name)
    const first = await operator.send('GET', `/admin/api/clients?limit=2&search=${search}`)
    const second = await operator.send(
      'GET',
      `/admin/api/clients?limit=2&search=${search}&cursor=${first.body?.next_cursor}`,
    )
    const idsOf = (body: Record<string, unknown> = {}) =>
      (body.clients as { client_id: string }[]).map(({ client_id }) => client_id)
    expect([...idsOf(first.body), ...idsOf(second.body)]).toEqual(made)
    expect(second.body).not.toHaveProperty('next_cursor')
    expect(JSON.stringify(first.body)).not.toContain('client_secret":')
  })

  const cursorOf = (text: string) => `cursor=${Buffer.from(text).toString('base64url')}`

  it.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'cursor=nonsense',
    cursorOf('2026-01-01T00:00:00.000Z a\u0000b'),
    cursorOf('-200000-01-01T00:00:00.000Z a'),
    cursorOf('2026-13-01T00:00:00.000Z a'),
  ])('refuses ?%s', async query => {
    expect((await operator.send('GET', `/admin/api/clients?${query}`)).status).toBe(400)
  })

  it.each(['0', '201', '1000', '9'.repeat(400)])('says how many may be asked for: ?limit=%s', async limit => {
    expect((await operator.send('GET', `/admin/api/clients?limit=${limit}`)).body).toMatchObject({
      errors: [{ field: 'limit', message: 'must be from 1 to 200' }],
    })
  })
})

describe('PATCH /admin/api/clients/{id}', () => {
  const patch = (id: unknown, json: object) => operator.send('PATCH', `/admin/api/clients/${id}`, json)

  it('changes what is named, leaves the rest, and null takes a member back to its default', async () => {
    const { client_id } = await create({ access_token_ttl_seconds: 60, contacts: ['ops@example.com'] })
    const { body } = await patch(client_id, { name: 'Store', access_token_ttl_seconds: null })
    expect(body).toMatchObject({ name: 'Store', contacts: ['ops@example.com'], scope: expect.any(String) })
    expect(body).not.toHaveProperty('access_token_ttl_seconds')
  })

  it('keeps every rule, and changes nothing where one is broken', async () => {
    const { client_id } = await create()
    const { status, body } = await patch(client_id, { name: 'New', redirect_uris: [] })
    expect([status, body?.code]).toEqual([400, 'VALIDATION_FAILED'])
    expect((await operator.send('GET', `/admin/api/clients/${client_id}`)).body?.name).toBe('Shop')
  })

  it('drops the secrets of a client that becomes public, and makes one when it is confidential again', async () => {
    const { client_id } = await create()
    const { body: asPublic } = await patch(client_id, { client_type: 'public' })
    expect(asPublic).toMatchObject({ token_endpoint_auth_method: 'none', secrets: [] })
    const { body: again } = await patch(client_id, { client_type: 'confidential' })
    expect(again).toMatchObject({ client_secret: expect.any(String), secrets: [{}] })
  })

  it('switches a client off in every replica at once, and on again', async () => {
    // A replica that hears nothing looks again after five seconds.
    const soonerThanByItself = { timeoutMs: 4_500 }
    const { client_id, client_secret } = await create(aMachine)
    const expectEverywhere = async (answer: string, patience?: EventuallyOptions) => {
      for (const each of [replica, other])
        await eventually(
          async () => expect(await canSignIn(each, client_id, client_secret)).toBe(answer),
          patience,
        )
    }
    // Another round, where a busy machine took longer than that.
    await eventually(
      async () => {
        await patch(client_id, { active: true })
        await expectEverywhere('yes')
        await patch(client_id, { active: false })
        await expectEverywhere('Client not found or inactive', soonerThanByItself)
        await patch(client_id, { active: true })
        await expectEverywhere('yes', soonerThanByItself)
      },
      { timeoutMs: 60_000 },
    )
  })
})

describe('POST /admin/api/clients/{id}/regenerate-secret', () => {
  const regenerate = (id: unknown, json: object = {}) =>
    operator.send('POST', `/admin/api/clients/${id}/regenerate-secret`, json)

  it('ends the secret before at once', async () => {
    const { client_id, client_secret } = await create(aMachine)
    const { body } = await regenerate(client_id)
    expect(await canSignIn(replica, client_id, body?.client_secret)).toBe('yes')
    expect(await canSignIn(replica, client_id, client_secret)).toBe('Client authentication failed')
  })

  it('lets both be good where an overlap is asked for', async () => {
    const { client_id, client_secret } = await create(aMachine)
    const { body } = await regenerate(client_id, { overlap_seconds: 600 })
    for (const secret of [client_secret, body?.client_secret])
      expect(await canSignIn(replica, client_id, secret)).toBe('yes')
    expect(body?.secrets).toEqual([
      { created_at: expect.any(String) },
      { created_at: expect.any(String), expires_at: expect.any(String) },
    ])
  })

  it('has nothing to do for a client without a secret', async () => {
    const { client_id } = await create({ client_type: 'public' })
    const { status, body } = await regenerate(client_id)
    expect([status, body?.code]).toEqual([409, 'CLIENT_HAS_NO_SECRET'])
  })
})

describe('DELETE /admin/api/clients/{id}', () => {
  it('deletes the client; a second time there is nothing', async () => {
    const { client_id, client_secret } = await create(aMachine)
    expect((await operator.send('DELETE', `/admin/api/clients/${client_id}`)).status).toBe(204)
    expect(await canSignIn(replica, client_id, client_secret)).toBe('Client not found or inactive')
    expect((await operator.send('DELETE', `/admin/api/clients/${client_id}`)).status).toBe(404)
    for (const [method, path, json] of [
      ['GET', '', undefined],
      ['PATCH', '', {}],
      ['POST', '/regenerate-secret', {}],
    ] as const) {
      const { status, body } = await operator.send(method, `/admin/api/clients/${client_id}${path}`, json)
      expect([status, body?.code]).toEqual([404, 'CLIENT_NOT_FOUND'])
    }
  })
})

describe('who may use the admin API', () => {
  const list = (bearer?: string, on = replica) =>
    on.send('GET', '/admin/api/clients', bearer === undefined ? {} : { bearer })

  it('nobody without a token: 401 with the challenge, as a problem', async () => {
    const { status, headers, body } = await list()
    expect([status, headers.get('content-type')]).toEqual([401, 'application/problem+json'])
    expect(headers.get('www-authenticate')).toContain('Bearer')
    expect(body).toMatchObject({ status: 401, code: 'INVALID_TOKEN' })
  })

  it('nobody without the scope: 403 that names it', async () => {
    const bearer = await tokenOf(replica, { scope: 'admin:clients:read' })
    expect((await list(bearer)).status).toBe(200)
    const { status, headers, body } = await replica.send('POST', '/admin/api/clients', {
      bearer,
      json: aRequest(),
    })
    expect([status, body?.code]).toEqual([403, 'INSUFFICIENT_SCOPE'])
    expect(headers.get('www-authenticate')).toContain('scope="admin:clients:write"')
  })

  it('no user: a first-party token has no such scope', async () => {
    const { accessToken } = await suite.signIn(replica)
    expect((await list(accessToken)).status).toBe(403)
  })

  it('no client from whom the scope was taken, or that was switched off, since its token was issued', async () => {
    const id = `operator-${Date.now()}`
    const { client_secret } = await create({ ...aMachine, client_id: id, scope: 'admin:clients:read' })
    const bearer = await tokenOf(replica, { id, secret: String(client_secret), scope: 'admin:clients:read' })
    expect((await list(bearer)).status).toBe(200)
    await operator.send('PATCH', `/admin/api/clients/${id}`, { scope: '' })
    expect((await list(bearer)).status).toBe(403)
    await operator.send('PATCH', `/admin/api/clients/${id}`, { scope: 'admin:clients:read', active: false })
    expect((await list(bearer)).status).toBe(401)
    await operator.send('PATCH', `/admin/api/clients/${id}`, { active: true })
    expect((await list(bearer)).status).toBe(401)
    await operator.send('DELETE', `/admin/api/clients/${id}`)
    expect((await list(bearer)).status).toBe(401)
  })
})
