/** Writes the uses of sessions that were heard of since the last flush. */
import type { Logger } from '@latchkey/runtime/logger'
import type { SessionId } from '../domain/ids.ts'
import type { Activity, Session } from '../domain/session.ts'
import type { FollowAllMoves, Uses } from './follow-moves.ts'

export interface FlushActivityDeps {
  buffer: {
    take(): readonly Uses[]
    add(activities: readonly Activity[]): number
  }
  stamps: {
    /** Gives the sessions that were moved on, and those that were used from elsewhere and wait to be judged. */
    write(
      activities: readonly Activity[],
    ): Promise<{ readonly sessions: readonly Session[]; readonly moved: readonly SessionId[] }>
  }
  followMoves: FollowAllMoves
  records: { put(sessions: readonly Session[]): Promise<void> }
  logger: Pick<Logger, 'debug'>
}

/** Row locks are held for as long as a batch takes: some ten milliseconds. */
const batchSize = 1000

/**
 * Whoever awaits a flush knows that all heard before it is written: it begins after the call, and those who call
 * while another one runs share the next. What could not be written is kept for it.
 * @throws what Postgres failed with
 */
export const createFlushActivity = (deps: FlushActivityDeps) => {
  const { buffer, stamps, followMoves, records, logger } = deps
  let last: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined

  const writeBatch = async (batch: readonly Uses[]): Promise<void> => {
    // From several addresses at once: all of them are looked at.
    const restless = batch.filter(uses => uses.length > 1)
    const still = batch.filter(uses => uses.length === 1)
    const { sessions, moved } = await stamps.write(still.map(([use]) => use))
    const movedIds = new Set(moved)
    const movers = [...still.filter(([use]) => movedIds.has(use.sessionId)), ...restless]
    const followed = await followMoves(movers)
    buffer.add(followed.failed.flat())
    await records
      .put([...sessions, ...followed.sessions])
      .catch(error => logger.debug({ error }, 'flushed activity was not noted in redis'))
  }

  const flush = async (): Promise<void> => {
    const activities = buffer.take()
    for (let start = 0; start < activities.length; start += batchSize) {
      try {
        await writeBatch(activities.slice(start, start + batchSize))
      } catch (error) {
        buffer.add(activities.slice(start).flat())
        throw error
      }
    }
  }

  const begin = (): Promise<void> => {
    next = undefined
    return flush()
  }

  return (): Promise<void> => {
    next ??= last.then(begin, begin)
    last = next
    return next
  }
}

export type FlushActivity = ReturnType<typeof createFlushActivity>
