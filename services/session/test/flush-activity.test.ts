/** What a sign-in has written of the uses that wait for the next flush: its user's, and nobody else's. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { inTransaction } from '@latchkey/runtime/postgres'
import { createServiceDatabase, quietLogger, type ServiceDatabase } from '@latchkey/service-testkit'
import type { Session } from '../src/domain/session.ts'
import { createActivityBuffer } from '../src/store/activity-buffer.ts'
import { createActivityStamps } from '../src/store/activity-stamps.ts'
import { databaseSchema } from '../src/store/database-schema.ts'
import { createSignIns } from '../src/store/sign-ins.ts'
import { createFlushActivity } from '../src/usecases/flush-activity.ts'
import { aSignIn } from './a-sign-in.ts'
import { untilWaiting } from './lock-waits.ts'

let database: ServiceDatabase
beforeAll(async () => {
  database = await createServiceDatabase(databaseSchema)
})
afterAll(() => database.drop())

const aSession = async () => (await createSignIns(database).signIn(aSignIn())).session
const aUseOf = ({ id }: Session, seconds = 5) => ({
  sessionId: id,
  at: new Date(Date.now() + seconds * 1000),
  ipAddress: undefined,
})
const aFlush = () => {
  const buffer = createActivityBuffer()
  const flush = createFlushActivity({
    buffer,
    stamps: createActivityStamps(database),
    followMoves: async () => ({ sessions: [], failed: [] }),
    records: { put: async () => undefined },
    logger: quietLogger,
  })
  return { buffer, flush }
}
const lastUseOf = async ({ id }: Session): Promise<Date> =>
  (await database.pool.query('SELECT last_accessed_at FROM sessions WHERE id = $1', [id])).rows[0]
    .last_accessed_at

/** Runs `work` while the stamps of the session wait for its row. */
const whileHeld = <Result>({ id }: Session, work: () => Promise<Result>): Promise<Result> =>
  inTransaction(database.pool, async holder => {
    await holder.query('SELECT FROM sessions WHERE id = $1 FOR NO KEY UPDATE', [id])
    return await work()
  })

describe('the uses of some sessions', () => {
  it('are written, and the others stay for the next flush', async () => {
    const { buffer, flush } = aFlush()
    const [mine, others] = [await aSession(), await aSession()]
    const [myUse, theirUse] = [aUseOf(mine), aUseOf(others)]
    buffer.add([myUse, theirUse])
    expect(await flush.of([mine.id])).toBe(true)
    expect(await lastUseOf(mine)).toEqual(myUse.at)
    expect(await lastUseOf(others)).toEqual(others.lastAccessedAt)
    await flush.all()
    expect(await lastUseOf(others)).toEqual(theirUse.at)
  })

  it('cost nothing where there are none, even while a flush of others is under way', async () => {
    const { buffer, flush } = aFlush()
    const [mine, others] = [await aSession(), await aSession()]
    buffer.add([aUseOf(others)])
    const { flushing } = await whileHeld(others, async () => {
      const flushing = flush.all()
      await untilWaiting(database)
      expect(await flush.of([mine.id])).toBe(false)
      return { flushing }
    })
    await flushing
  })

  it('are waited for where a flush that is under way has taken them', async () => {
    const { buffer, flush } = aFlush()
    const mine = await aSession()
    const use = aUseOf(mine)
    buffer.add([use])
    const { writing } = await whileHeld(mine, async () => {
      const flushing = flush.all()
      await untilWaiting(database)
      return { writing: Promise.all([flush.of([mine.id]), flushing]) }
    })
    expect((await writing)[0]).toBe(true)
    expect(await lastUseOf(mine)).toEqual(use.at)
  })

  it('are all written where many ask at once', async () => {
    const { buffer, flush } = aFlush()
    const sessions = await Promise.all(Array.from({ length: 10 }, aSession))
    const uses = sessions.map(session => aUseOf(session))
    buffer.add(uses)
    await Promise.all(sessions.map(({ id }) => flush.of([id])))
    expect(await Promise.all(sessions.map(lastUseOf))).toEqual(uses.map(({ at }) => at))
    expect(buffer.size).toBe(0)
  })
})
