import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createServiceDatabase, type ServiceDatabase } from '@latchkey/service-testkit'
import { createClock } from '@latchkey/testkit'
import type { Ending } from '../src/domain/ending.ts'
import { createActivityStamps } from '../src/store/activity-stamps.ts'
import { databaseSchema } from '../src/store/database-schema.ts'
import { createDueSessions } from '../src/store/due-sessions.ts'
import { createEndings } from '../src/store/endings.ts'
import { createRetention } from '../src/store/retention.ts'
import { createSignIns } from '../src/store/sign-ins.ts'
import { createCleanUp } from '../src/usecases/clean-up.ts'
import { aSignIn, aUser, lifetimes } from './a-sign-in.ts'

const clock = createClock('2026-11-22T12:00:00Z')
const day = 86_400_000

let database: ServiceDatabase
beforeAll(async () => {
  database = await createServiceDatabase(databaseSchema)
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.pool.query('TRUNCATE sessions, terminations, known_addresses, outbox')
  clock.set(new Date('2026-11-22T12:00:00Z'))
})

const aSession = async (at = clock.now()) => (await createSignIns(database).signIn(aSignIn({ at }))).session

const aCleanUp = () => {
  const announced: Ending[] = []
  const lagsMs: number[] = []
  const cleanUp = createCleanUp({
    due: createDueSessions(database),
    retention: createRetention(database),
    announceEndings: async endings => {
      announced.push(...endings)
    },
    refreshTtlSeconds: lifetimes.refreshTtlSeconds,
    retentionDays: 30,
    addressRetentionDays: 180,
    now: clock.now,
    reportLag: (_table, dueSince, at) =>
      lagsMs.push(dueSince === undefined ? 0 : at.getTime() - dueSince.getTime()),
    batchSize: 10,
  })
  return { cleanUp: () => cleanUp(new AbortController().signal), announced, lagsMs }
}

const countOf = async (table: string) => {
  const { rows } = await database.pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)
  return rows[0]?.count
}

describe('the cleanup', () => {
  it('ends as expired what was unused for as long as a refresh token lives', async () => {
    const { id } = await aSession()
    const { cleanUp, announced } = aCleanUp()
    clock.advance(7 * day - 1)
    await cleanUp()
    expect(announced).toEqual([])
    clock.advance(1)
    await cleanUp()
    expect(announced).toMatchObject([{ sessionId: id, reason: 'expired' }])
  })

  it('puts off what was used, and ends it in its own time', async () => {
    const { id } = await aSession()
    const { cleanUp, announced } = aCleanUp()
    clock.advance(6 * day)
    await createActivityStamps(database).write([{ sessionId: id, at: clock.now(), ipAddress: undefined }])
    clock.advance(1.5 * day)
    await cleanUp()
    expect(announced).toEqual([])
    clock.advance(5.5 * day)
    await cleanUp()
    expect(announced).toHaveLength(1)
  })

  it('puts off what was signed in to again, and ends it in its own time', async () => {
    const phone = { userId: aUser(), device: 'phone', deviceKnown: true }
    const signIn = () => createSignIns(database).signIn(aSignIn({ ...phone, at: clock.now() }))
    await signIn()
    const { cleanUp, announced } = aCleanUp()
    clock.advance(6 * day)
    expect(await signIn()).toMatchObject({ renewed: true })
    clock.advance(7 * day - 1)
    await cleanUp()
    expect(announced).toEqual([])
    clock.advance(1)
    await cleanUp()
    expect(announced).toHaveLength(1)
  })

  it('ends what is past its absolute end, however lately used', async () => {
    const { id } = await aSession()
    const { cleanUp, announced } = aCleanUp()
    for (let n = 0; n < 5; n += 1) {
      clock.advance(5 * day)
      await createActivityStamps(database).write([{ sessionId: id, at: clock.now(), ipAddress: undefined }])
      await cleanUp()
    }
    expect(announced).toEqual([])
    clock.advance(5 * day)
    await cleanUp()
    expect(announced).toMatchObject([{ sessionId: id, reason: 'expired' }])
  })

  it('works through a backlog in batches, shared by two replicas without doing anything twice', async () => {
    await Promise.all(Array.from({ length: 35 }, () => aSession()))
    clock.advance(8 * day)
    const [one, two] = [aCleanUp(), aCleanUp()]
    await Promise.all([one.cleanUp(), two.cleanUp()])
    await one.cleanUp()
    const ended = [...one.announced, ...two.announced].map(({ sessionId }) => sessionId)
    expect(ended).toHaveLength(35)
    expect(new Set(ended).size).toBe(35)
    expect(one.lagsMs.at(-1)).toBe(0)
  })

  it('deletes ended sessions and their record after thirty days, addresses after 180', async () => {
    const { id } = await aSession()
    await createEndings(database).endOne({ id, reason: 'logout', at: clock.now() })
    const { cleanUp } = aCleanUp()
    clock.advance(30 * day)
    await cleanUp()
    expect(await countOf('sessions')).toBe(1)
    clock.advance(1)
    await cleanUp()
    expect([await countOf('sessions'), await countOf('terminations')]).toEqual([0, 0])
    expect(await countOf('known_addresses')).toBe(1)
    clock.advance(151 * day)
    await cleanUp()
    expect(await countOf('known_addresses')).toBe(0)
  })
})
