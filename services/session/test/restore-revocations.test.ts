import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createRevocationMarkers, markerTtlSeconds } from '@latchkey/revocation'
import { createServiceDatabase, quietLogger, type ServiceDatabase } from '@latchkey/service-testkit'
import { startRedis, type TestRedis } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import type { Ending } from '../src/domain/ending.ts'
import { databaseSchema } from '../src/store/database-schema.ts'
import { createEndedSessions } from '../src/store/ended-sessions.ts'
import { createEndings } from '../src/store/endings.ts'
import { createWatchContinuity } from '../src/store/redis-continuity.ts'
import { createSignIns } from '../src/store/sign-ins.ts'
import { createTerminationList } from '../src/store/termination-list.ts'
import { createRestoreRevocations } from '../src/usecases/restore-revocations.ts'
import { aSignIn } from './a-sign-in.ts'

let database: ServiceDatabase
let server: TestRedis
let redis: Redis
beforeAll(async () => {
  database = await createServiceDatabase(databaseSchema)
  server = await startRedis()
  redis = new Redis(server.url)
})
afterAll(async () => {
  redis.disconnect()
  await server.close()
  await database.drop()
})
beforeEach(async () => {
  await server.flush()
  await database.pool.query('TRUNCATE sessions, terminations')
})

const anEnding = async (agoSeconds: number): Promise<Ending> => {
  const at = new Date(Date.now() - agoSeconds * 1000)
  const { session } = await createSignIns(database).signIn(aSignIn({ at }))
  const ending = await createEndings(database).endOne({ id: session.id, reason: 'logout', at })
  if (ending === undefined) throw new Error('nothing ended')
  return ending
}

const aRestore = (whilePublishing: () => Promise<void> = async () => undefined) => {
  const published: string[] = []
  const causes: string[] = []
  const revocations = createRestoreRevocations({
    ended: createEndedSessions(database),
    markers: createRevocationMarkers({ redis }),
    terminations: createTerminationList({ redis }),
    watchContinuity: createWatchContinuity({ redis }),
    publishFlaggedSince: async () => undefined,
    publishEvents: async endings => {
      published.push(...endings.map(({ sessionId }) => sessionId))
      await whilePublishing()
    },
    markerTtlSeconds,
    refreshTtlSeconds: 604_800,
    terminationListLength: 1000,
    now: () => new Date(),
    onRestored: cause => causes.push(cause),
    logger: quietLogger,
  })
  return { revocations, published, causes }
}

const epoch = () => redis.get('revocation:epoch')
const hasMarker = async ({ sessionId }: Ending) => (await redis.exists(`session_ended:${sessionId}`)) === 1

describe('revocations told to Redis again', () => {
  it('an empty Redis gets every marker that a token may still need, and events for as long as a refresh token lives', async () => {
    const [fresh, old, ancient] = [await anEnding(60), await anEnding(3 * 86_400), await anEnding(8 * 86_400)]
    const { revocations, published, causes } = aRestore()
    await revocations.check()
    expect(await Promise.all([fresh, old, ancient].map(hasMarker))).toEqual([true, false, false])
    expect(published).toEqual([old.sessionId, fresh.sessionId])
    expect(await redis.llen('session_terminations')).toBe(3)
    expect(await epoch()).not.toBeNull()
    expect(causes).toEqual(['emptied'])
  })

  it('is done once, and again only where there is doubt', async () => {
    const [fresh] = [await anEnding(60), await anEnding(2 * 3600)]
    const { revocations, published, causes } = aRestore()
    await revocations.check()
    await revocations.check()
    expect(causes).toEqual(['emptied'])
    published.length = 0
    await redis.del(`session_ended:${fresh.sessionId}`)
    revocations.doubt()
    await revocations.check()
    expect(causes).toEqual(['emptied', 'reconnected'])
    expect(published).toEqual([fresh.sessionId])
    expect(await hasMarker(fresh)).toBe(true)
  })

  it('no epoch vouches for markers that were lost on the way: it starts over', async () => {
    const ending = await anEnding(60)
    let flushes = 1
    const { revocations } = aRestore(async () => {
      if (flushes-- > 0) await server.flush()
    })
    await expect(revocations.check()).rejects.toThrow('redis was emptied while it was being restored')
    expect(await epoch()).toBeNull()
    await revocations.check()
    expect(await hasMarker(ending)).toBe(true)
    expect(await epoch()).not.toBeNull()
  })

  it('pages through thousands without missing any that ended in the same millisecond', async () => {
    await database.pool.query(`
      INSERT INTO terminations (session_id, user_id, reason, at)
      SELECT gen_random_uuid(), gen_random_uuid(), 'logout', date_trunc('second', now()) FROM generate_series(1, 1234)`)
    const { revocations, published } = aRestore()
    await revocations.check()
    expect(new Set(published).size).toBe(1234)
    expect(published).toHaveLength(1234)
  })

  it('leaves out what ended by mere time', async () => {
    await database.pool.query(`
      INSERT INTO terminations (session_id, user_id, reason, at)
      VALUES (gen_random_uuid(), gen_random_uuid(), 'expired', now())`)
    const { revocations, published } = aRestore()
    await revocations.check()
    expect(published).toEqual([])
    expect(await redis.exists('session_terminations')).toBe(0)
  })
})
