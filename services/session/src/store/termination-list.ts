/** `session_terminations` in Redis: the latest 1,000 endings for operators; the table of that name holds all. */
import type { Redis } from 'ioredis'
import type { Ending } from '../domain/ending.ts'
import { terminationsKey } from './session-keys.ts'

export const terminationListLength = 1000

const toEntry = (ending: Ending): string =>
  JSON.stringify({
    session_id: ending.sessionId,
    user_id: ending.userId,
    reason: ending.reason,
    original_ip: ending.originalIp ?? null,
    new_ip: ending.newIp ?? null,
    at: ending.endedAt.toISOString(),
  })

/** Runs what was queued as one step. @throws what the first failed command answered */
const run = async (transaction: ReturnType<Redis['multi']>): Promise<void> => {
  for (const [error] of (await transaction.exec()) ?? []) if (error !== null) throw error
}

export const createTerminationList = ({ redis }: { redis: Redis }) => ({
  /** Telling one again moves it to the front, and lists it once. */
  push: (ending: Ending): Promise<void> => {
    const entry = toEntry(ending)
    return run(
      redis
        .multi()
        .lrem(terminationsKey, 1, entry)
        .lpush(terminationsKey, entry)
        .ltrim(terminationsKey, 0, terminationListLength - 1),
    )
  },

  /** Puts back what Redis has lost; latest first. */
  replace: (endings: readonly Ending[]): Promise<void> => {
    const transaction = redis.multi().del(terminationsKey)
    const entries = endings.map(toEntry)
    return run(entries.length === 0 ? transaction : transaction.rpush(terminationsKey, ...entries))
  },
})
