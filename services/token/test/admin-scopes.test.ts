/** /admin/api/scopes and /admin/api/default-scopes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { adminSettings, anOperator, type Operator } from './an-operator.ts'
import { startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica
let operator: Operator
beforeAll(async () => {
  suite = await startTokenSuite()
  replica = await suite.startReplica(adminSettings)
  operator = await anOperator(replica)
})
afterAll(async () => {
  await replica.close()
  await suite.close()
})

const call = async (method: string, path: string, json?: unknown) => {
  const { status, body } = await operator.send(method, `/admin/api${path}`, json)
  return { status, body: body ?? {} }
}

const created = async (name: string, members: object = {}) => {
  const answer = await call('POST', '/scopes', { name, ...members })
  expect(answer.status).toBe(201)
  return answer.body
}

describe('scopes', () => {
  it('come with Latchkey: those of OpenID Connect and of the admin API', async () => {
    const { body } = await call('GET', '/scopes')
    const names = (body.scopes as { name: string }[]).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['openid', 'profile', 'email', 'offline_access']))
    expect(names.filter(name => name.startsWith('admin:'))).toHaveLength(16)
  })

  it('are made, shown, changed and deleted', async () => {
    expect(await created('orders:read', { description: 'See your orders' })).toEqual({
      name: 'orders:read',
      description: 'See your orders',
      is_default: false,
      active: true,
      built_in: false,
    })
    const path = `/scopes/${encodeURIComponent('orders:read')}`
    expect((await call('PATCH', path, { description: 'Orders', active: false })).body).toMatchObject({
      description: 'Orders',
      active: false,
    })
    expect((await call('GET', path)).body).toMatchObject({ description: 'Orders', active: false })
    expect((await call('DELETE', path)).status).toBe(204)
    for (const method of ['GET', 'DELETE'])
      expect(await call(method, path)).toMatchObject({ status: 404, body: { code: 'SCOPE_NOT_FOUND' } })
  })

  it('may be URIs, as other systems name them', async () => {
    const name = 'https://api.example.com/orders.read'
    await created(name)
    expect((await call('GET', `/scopes/${encodeURIComponent(name)}`)).body).toMatchObject({ name })
  })

  it('go with their clients’ use of them when they are deleted', async () => {
    await created('gone')
    const client = await call('POST', '/clients', {
      name: 'Shop',
      redirect_uris: ['https://shop.example.com/cb'],
      scope: 'openid gone email',
    })
    expect(client.status).toBe(201)
    await call('DELETE', '/scopes/gone')
    expect((await call('GET', `/clients/${client.body.client_id}`)).body.scope).toBe('openid email')
  })

  it('of one name exist once, however many ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call('POST', '/scopes', { name: 'wanted' })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([
      201,
      ...Array.from({ length: 9 }, () => 409),
    ])
  })

  it.each([
    [{ name: 'two words' }, 'VALIDATION_FAILED', 400],
    [{ name: 'with"quote' }, 'VALIDATION_FAILED', 400],
    [{ name: '' }, 'VALIDATION_FAILED', 400],
    [{ name: 'x', description: 'a\u0007b' }, 'VALIDATION_FAILED', 400],
    [{ name: 'openid' }, 'SCOPE_EXISTS', 409],
    [{ name: 'admin:everything' }, 'SCOPE_RESERVED', 409],
  ])('%j can not be made: %s', async (scope, code, status) => {
    expect(await call('POST', '/scopes', scope)).toMatchObject({ status, body: { code } })
  })

  it('that are built in stay; those of the admin API stay as they are', async () => {
    expect(await call('DELETE', '/scopes/openid')).toMatchObject({
      status: 409,
      body: { code: 'SCOPE_BUILT_IN' },
    })
    expect(await call('PATCH', '/scopes/admin%3Aclients%3Aread', { active: false })).toMatchObject({
      status: 409,
      body: { code: 'SCOPE_RESERVED' },
    })
  })
})

describe('default scopes', () => {
  it('are these and no others, and new clients get them', async () => {
    await created('news')
    expect(await call('PUT', '/default-scopes', { scopes: ['openid', 'news'] })).toEqual({
      status: 200,
      body: { scopes: ['openid', 'news'] },
    })
    const client = await call('POST', '/clients', {
      name: 'Machine',
      grant_types: ['client_credentials'],
    })
    expect(client.body.scope).toBe('news')
    expect((await call('PUT', '/default-scopes', { scopes: ['openid'] })).body).toEqual({
      scopes: ['openid'],
    })
  })

  it.each([['nothing'], ['admin:users:read']])('can not hold %s', async name => {
    const { status, body } = await call('PUT', '/default-scopes', { scopes: ['openid', name] })
    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ field: 'scopes.1' })]])
    expect((await call('GET', '/default-scopes')).body).toEqual({ scopes: ['openid'] })
  })
})
