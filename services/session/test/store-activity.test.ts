import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createServiceDatabase, type ServiceDatabase } from '@latchkey/service-testkit'
import type { SessionId } from '../src/domain/ids.ts'
import { createActivityStamps } from '../src/store/activity-stamps.ts'
import { databaseSchema } from '../src/store/database-schema.ts'
import { createEndings } from '../src/store/endings.ts'
import { createSignIns } from '../src/store/sign-ins.ts'
import { aSignIn, type SignInDifferences } from './a-sign-in.ts'

let database: ServiceDatabase
beforeAll(async () => {
  database = await createServiceDatabase(databaseSchema)
})
afterAll(() => database.drop())

const stamps = () => createActivityStamps(database)
const aSession = async (differences: SignInDifferences = {}) =>
  (await createSignIns(database).signIn(aSignIn(differences))).session
const aUse = (sessionId: SessionId, at: Date, ipAddress: string | undefined = undefined) => ({
  sessionId,
  at,
  ipAddress,
})
const write = async (...uses: readonly ReturnType<typeof aUse>[]) => (await stamps().write(uses)).sessions
const soon = (seconds: number) => new Date(Date.now() + seconds * 1000)

describe('last-seen stamps', () => {
  it('move a session on, never back', async () => {
    const { id } = await aSession()
    const [late, early] = [soon(20), soon(10)]
    expect(await write(aUse(id, late))).toMatchObject([{ id, lastAccessedAt: late }])
    expect(await write(aUse(id, early))).toEqual([])
  })

  it('keep the address where the use came without one', async () => {
    const { id } = await aSession({ ipAddress: '203.0.113.7' })
    expect(await write(aUse(id, soon(5)))).toMatchObject([{ ipAddress: '203.0.113.7' }])
  })

  it('write down each address of a user once', async () => {
    const { id, userId } = await aSession({ ipAddress: '203.0.113.7' })
    await write(aUse(id, soon(3_601), '203.0.113.7'))
    await write(aUse(id, soon(7_202), '203.0.113.7'))
    const { rows } = await database.pool.query(
      'SELECT address FROM known_addresses WHERE user_id = $1 ORDER BY address',
      [userId],
    )
    expect(rows).toEqual([{ address: '203.0.113.7' }])
  })

  it('leave a session alone that was used from another address, and tell of it', async () => {
    const { id, lastAccessedAt } = await aSession({ ipAddress: '203.0.113.7' })
    expect(await stamps().write([aUse(id, soon(5), '198.51.100.9')])).toEqual({ sessions: [], moved: [id] })
    const { rows } = await database.pool.query(
      'SELECT ip_address, last_accessed_at FROM sessions WHERE id = $1',
      [id],
    )
    expect(rows).toEqual([{ ip_address: '203.0.113.7', last_accessed_at: lastAccessedAt }])
  })

  it('bring no ended session back, even one that ends while they are written', async () => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => aSession()))
    const endings = createEndings(database)
    await Promise.all([
      stamps().write(sessions.map(({ id }) => aUse(id, soon(5)))),
      ...sessions.map(({ id }) => endings.endOne({ id, reason: 'logout', at: new Date() })),
    ])
    expect(await write(...sessions.map(({ id }) => aUse(id, soon(10))))).toEqual([])
  })

  it('ignore sessions that nobody knows', async () => {
    expect(await write(aUse(aSignIn().newId, soon(1)))).toEqual([])
  })

  it('of many replicas, for the same sessions in other orders, never deadlock', async () => {
    const sessions = await Promise.all(Array.from({ length: 50 }, () => aSession()))
    const batch = (seconds: number) => sessions.map(({ id }) => aUse(id, soon(seconds), '203.0.113.7'))
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => stamps().write(n % 2 === 0 ? batch(n) : batch(n).toReversed())),
    )
    const { rows } = await database.pool.query<{ latest: Date }>(
      'SELECT DISTINCT date_trunc($2, last_accessed_at) AS latest FROM sessions WHERE id = ANY($1)',
      [sessions.map(({ id }) => id), 'minute'],
    )
    expect(rows.length).toBeLessThanOrEqual(2)
  })

  it('touch no index, so that a flush stays a heap-only update', async () => {
    const { rows } = await database.pool.query<{ indexdef: string }>(
      "SELECT indexdef FROM pg_indexes WHERE tablename = 'sessions'",
    )
    expect(rows.filter(({ indexdef }) => /last_accessed_at|ip_address/.test(indexdef))).toEqual([])
  })
})
