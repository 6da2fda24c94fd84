/** Writes the uses of sessions that were heard of since the last flush. */
import type { Logger } from '@latchkey/runtime/logger'
import type { SessionId } from '../domain/ids.ts'
import type { Activity, Session } from '../domain/session.ts'
import type { FollowAllMoves, Uses } from './follow-moves.ts'

export interface FlushActivityDeps {
  buffer: {
    find(id: SessionId): Activity | undefined
    take(ids?: Iterable<SessionId>): ReadonlyMap<SessionId, Uses>
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
 * Whoever awaits a flush knows that what was heard before it is written: it begins after the call, and those who call
 * while another one runs share the next. What could not be written is kept for it.
 */
export const createFlushActivity = (deps: FlushActivityDeps) => {
  const { buffer, stamps, followMoves, records, logger } = deps
  let last: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  /** What the next one is to write: of all sessions, or of these. */
  let asked: Set<SessionId> | 'all' = new Set()
  /** What the running one writes: the buffer has it no longer, and Postgres not yet. */
  let running: ReadonlyMap<SessionId, Uses> = new Map()

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

  const write = async (activities: readonly Uses[]): Promise<void> => {
    for (let start = 0; start < activities.length; start += batchSize) {
      try {
        await writeBatch(activities.slice(start, start + batchSize))
      } catch (error) {
        buffer.add(activities.slice(start).flat())
        throw error
      }
    }
  }

  const begin = async (): Promise<void> => {
    running = buffer.take(asked === 'all' ? undefined : asked)
    next = undefined
    asked = new Set()
    try {
      await write([...running.values()])
    } finally {
      running = new Map()
    }
  }

  const join = (): Promise<void> => {
    next ??= last.then(begin, begin)
    last = next
    return next
  }

  return {
    /** @throws what Postgres failed with */
    all: (): Promise<void> => {
      asked = 'all'
      return join()
    },

    /**
     * Of these sessions; false, at once, where nothing of them waits to be written.
     * @throws what Postgres failed with
     */
    of: async (ids: readonly SessionId[]): Promise<boolean> => {
      const waiting = ids.filter(id => buffer.find(id) !== undefined || running.has(id))
      if (waiting.length === 0) return false
      if (asked !== 'all') for (const id of waiting) asked.add(id)
      await join()
      return true
    },
  }
}

export type FlushActivity = ReturnType<typeof createFlushActivity>
