import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createServiceDatabase, type ServiceDatabase } from '@latchkey/service-testkit'
import type { SessionId } from '../src/domain/ids.ts'
import { createActivityStamps } from '../src/store/activity-stamps.ts'
import { createEndings } from '../src/store/endings.ts'
import { databaseSchema } from '../src/store/prisma.ts'
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
const soon = (seconds: number) => new Date(Date.now() + seconds * 1000)

describe('last-seen stamps', () => {
  it('move a session on, never back', async () => {
    const { id } = await aSession()
    const [late, early] = [soon(20), soon(10)]
    expect(await stamps().write([aUse(id, late, '198.51.100.9')])).toMatchObject([
      { id, lastAccessedAt: late, ipAddress: '198.51.100.9' },
    ])
    expect(await stamps().write([aUse(id, early, '192.0.2.1')])).toEqual([])
  })

  it('keep the address where the use came without one', async () => {
    const { id } = await aSession({ ipAddress: '203.0.113.7' })
    expect(await stamps().write([aUse(id, soon(5))])).toMatchObject([{ ipAddress: '203.0.113.7' }])
  })

  it('write down each address of a user once', async () => {
    const { id, userId } = await aSession({ ipAddress: '203.0.113.7' })
    await stamps().write([aUse(id, soon(1), '198.51.100.9')])
    await stamps().write([aUse(id, soon(2), '198.51.100.9')])
    const { rows } = await database.pool.query(
      'SELECT address FROM known_addresses WHERE user_id = $1 ORDER BY address',
      [userId],
    )
    expect(rows).toEqual([{ address: '198.51.100.9' }, { address: '203.0.113.7' }])
  })

  it('bring no ended session back, even one that ends while they are written', async () => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => aSession()))
    const endings = createEndings(database)
    await Promise.all([
      stamps().write(sessions.map(({ id }) => aUse(id, soon(5)))),
      ...sessions.map(({ id }) => endings.endOne({ id, reason: 'logout', at: new Date() })),
    ])
    expect(await stamps().write(sessions.map(({ id }) => aUse(id, soon(10))))).toEqual([])
  })

  it('ignore sessions that nobody knows', async () => {
    expect(await stamps().write([aUse(aSignIn().newId, soon(1))])).toEqual([])
  })

  it('of many replicas, for the same sessions in other orders, never deadlock', async () => {
    const sessions = await Promise.all(Array.from({ length: 50 }, () => aSession()))
    const batch = (seconds: number) => sessions.map(({ id }) => aUse(id, soon(seconds), '192.0.2.1'))
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
