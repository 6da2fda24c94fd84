/** Writes the uses of sessions that were heard of since the last flush. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Activity, Session } from '../domain/session.ts'

export interface FlushActivityDeps {
  buffer: {
    take(): readonly Activity[]
    add(activities: readonly Activity[]): number
  }
  /** Gives the sessions that were moved on. */
  stamps: { write(activities: readonly Activity[]): Promise<readonly Session[]> }
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
export const createFlushActivity = ({ buffer, stamps, records, logger }: FlushActivityDeps) => {
  let last: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined

  const flush = async (): Promise<void> => {
    const activities = buffer.take()
    for (let start = 0; start < activities.length; start += batchSize) {
      try {
        const sessions = await stamps.write(activities.slice(start, start + batchSize))
        await records
          .put(sessions)
          .catch(error => logger.debug({ error }, 'flushed activity was not noted in redis'))
      } catch (error) {
        buffer.add(activities.slice(start))
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
