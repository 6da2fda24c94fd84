import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import type { NewClient } from '../src/domain/client-changes.ts'
import { clientMetadataSchema, fromDocument } from '../src/domain/client-metadata.ts'
import type { ClientId, UserId } from '../src/domain/ids.ts'
import { type ClientRegistry, createClientRegistry } from '../src/store/client-registry.ts'
import { aGrantTo } from './a-code.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

let database: TokenDatabase
let registry: ClientRegistry
beforeAll(async () => {
  database = await createTokenDatabase()
  registry = createClientRegistry(database)
})
afterAll(() => database.drop())

const hashOf = (text: string) => createHash('sha256').update(text).digest()

const aClient = (members: Partial<NewClient> = {}): NewClient => ({
  id: createUuid<ClientId>(),
  origin: 'operator',
  state: {
    name: 'An application',
    type: 'confidential',
    isActive: true,
    metadata: fromDocument(
      clientMetadataSchema.parse({ redirect_uris: ['https://app.example.com/cb'], scope: 'openid' }),
    ),
  },
  secrets: { add: randomBytes(32), overlapSeconds: 0 },
  ...members,
})

const stored = async (client = aClient()) => {
  await registry.create(client)
  return client
}

const query = async (sql: string, ...values: unknown[]) => (await database.pool.query(sql, values)).rows

describe('a client', () => {
  it('is kept as it was made', async () => {
    const { id, state } = await stored(aClient({ secrets: { add: hashOf('s'), overlapSeconds: 0 } }))
    expect(await registry.find(id)).toMatchObject({
      id,
      ...state,
      origin: 'operator',
      secrets: [{ hash: hashOf('s'), createdAt: expect.any(Date) }],
    })
    expect(await registry.find(id.toUpperCase())).toBeUndefined()
  })

  it('is made once by twenty that want the same id at once, with one secret', async () => {
    const id = createUuid<ClientId>()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => registry.create(aClient({ id }))))
    expect(outcomes.toSorted()).toEqual(['created', ...Array.from({ length: 19 }, () => 'taken')])
    expect((await registry.find(id))?.secrets).toHaveLength(1)
  })

  it('loses no change of twenty at once', async () => {
    const { id } = await stored()
    await Promise.all(
      Array.from({ length: 20 }, () =>
        registry.change(id, ({ name, type, isActive, metadata }) => ({
          state: { name: `${name}.`, type, isActive, metadata },
          secrets: 'keep',
        })),
      ),
    )
    expect((await registry.find(id))?.name).toBe(`An application${'.'.repeat(20)}`)
  })

  it('stays as it is when the change is thought better of', async () => {
    const { id } = await stored()
    const change = registry.change(id, () => {
      throw new Error('no')
    })
    await expect(change).rejects.toThrow('no')
    expect((await registry.find(id))?.name).toBe('An application')
  })

  it('is listed newest first, a page at a time, and found by a part of its name or id', async () => {
    const name = `Listed ${createUuid()}`
    const state = { ...aClient().state, name }
    const ids: ClientId[] = []
    for (let made = 0; made < 5; made += 1) ids.push((await stored(aClient({ state }))).id)
    const search = name.toUpperCase()
    const first = await registry.list({ limit: 3, search })
    const second = await registry.list({ limit: 3, search, after: first.at(-1) })
    expect([...first, ...second].map(({ id }) => id)).toEqual(ids.toReversed())
    expect(await registry.list({ limit: 9, search: '%' })).toEqual([])
  })

  it('names the origins of its pages for those who ask by origin', async () => {
    const metadata = fromDocument(
      clientMetadataSchema.parse({
        redirect_uris: ['https://spa.example.com/a', 'https://spa.example.com/b', 'com.example.app:/cb'],
        token_endpoint_auth_method: 'none',
        cors_origins: ['http://localhost:3000'],
      }),
    )
    const { id } = await stored(
      aClient({ state: { name: 'Page', type: 'public', isActive: true, metadata }, secrets: 'none' }),
    )
    expect(await query('select origins from clients where id = $1', id)).toEqual([
      { origins: ['http://localhost:3000', 'https://spa.example.com'] },
    ])
  })
})

describe('a new secret', () => {
  const renew = (id: ClientId, secret: string, overlapSeconds: number) =>
    registry.change(id, ({ name, type, isActive, metadata }) => ({
      state: { name, type, isActive, metadata },
      secrets: { add: hashOf(secret), overlapSeconds },
    }))
  const hashesOf = async (id: ClientId) => (await registry.find(id))?.secrets.map(({ hash }) => hash)

  it('ends the one before at once', async () => {
    const { id } = await stored()
    await renew(id, 'second', 0)
    expect(await hashesOf(id)).toEqual([hashOf('second')])
  })

  it('of ten at once leaves two that are good', async () => {
    const { id } = await stored()
    await Promise.all(Array.from({ length: 10 }, (_, index) => renew(id, `secret ${index}`, 3_600)))
    const secrets = (await registry.find(id))?.secrets ?? []
    expect(secrets.filter(({ expiresAt }) => expiresAt === undefined)).toHaveLength(1)
    expect(secrets).toHaveLength(2)
  })

  it('leaves the one before for a while, and never more than that one', async () => {
    const { id } = await stored()
    await renew(id, 'second', 3_600)
    await renew(id, 'third', 3_600)
    expect(await hashesOf(id)).toEqual([hashOf('third'), hashOf('second')])
    const [, before] = (await registry.find(id))?.secrets ?? []
    expect(before?.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 3_500_000)
  })
})

describe('the end of a client', () => {
  const withGrants = async () => {
    const { id } = await stored()
    const [family, code, device, others] = [createUuid(), createUuid(), createUuid(), createUuid()]
    const user = createUuid()
    const grant = JSON.stringify(aGrantTo(id, { subject: user as UserId }))
    for (const [familyId, clientId] of [
      [family, id],
      [others, 'another-client'],
    ])
      await query(
        `insert into refresh_families (id, session_id, subject, client_id, scope, authenticated_at,
                                       authentication_methods, ends_at, current_hash, expires_at)
         values ($1, $2, $2, $3, 'openid', now(), '{pwd}', now() + interval '1 day', $4, now() + interval '1 day')`,
        familyId,
        user,
        clientId,
        randomBytes(32),
      )
    await query(
      `insert into authorization_codes (code_hash, client_id, grant_id, "grant", redirect_uri, expires_at)
       values ($1, $2, $3, $4, 'https://app.example.com/cb', now() + interval '1 minute')`,
      randomBytes(32),
      id,
      code,
      grant,
    )
    await query(
      `insert into device_authorizations (device_code_hash, user_code_hash, client_id, scope, status, grant_id, "grant", expires_at)
       values ($1, $2, $3, 'openid', 'approved', $4, $5, now() + interval '5 minutes')`,
      randomBytes(32),
      randomBytes(32),
      id,
      device,
      grant,
    )
    await query(`insert into consents (subject, client_id, scopes) values ($1, $2, '{openid}')`, user, id)
    return { id, family, others }
  }
  const deactivate = (id: ClientId) =>
    registry.change(id, ({ name, type, metadata }) => ({
      state: { name, type, isActive: false, metadata },
      secrets: 'keep',
    }))

  it.each([
    ['deactivated', deactivate],
    ['deleted', (id: ClientId) => registry.delete(id)],
  ])('%s: its grants end with it, nobody else’s', async (how, end) => {
    const { id, family, others } = await withGrants()
    await end(id)
    expect(
      await query('select id, end_reason from refresh_families where id = any($1) order by id', [
        family,
        others,
      ]),
    ).toEqual(
      [
        { id: family, end_reason: `client_${how}` },
        { id: others, end_reason: null },
      ].toSorted((a, b) => a.id.localeCompare(b.id)),
    )
    expect(
      await query('select * from authorization_codes where client_id = $1 and used_at is null', id),
    ).toEqual([])
    expect(await query('select status from device_authorizations where client_id = $1', id)).toEqual([
      { status: 'denied' },
    ])
  })

  it('deleted: what users allowed it is forgotten, and so are its secrets', async () => {
    const { id } = await withGrants()
    expect(await registry.delete(id)).toBe(true)
    expect(await registry.delete(id)).toBe(false)
    expect(await registry.find(id)).toBeUndefined()
    expect(await query('select * from consents where client_id = $1', id)).toEqual([])
    expect(await query('select * from client_secrets where client_id = $1', id)).toEqual([])
  })
})
