/** Tells whether Redis was emptied while something was being written to it that must be whole. */
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'

// Longer than any restore takes; what a killed process leaves behind goes by itself.
const keptSeconds = 3600

export interface Continuity {
  /** Nothing was lost since the watch began. */
  isUnbroken(): Promise<boolean>
  /** The same, for the last time. */
  end(): Promise<boolean>
}

export const createWatchContinuity =
  ({ redis }: { redis: Redis }) =>
  async (): Promise<Continuity> => {
    const key = `session_restore:${randomUUID()}`
    await redis.set(key, '', 'EX', keptSeconds)
    return {
      isUnbroken: async () => (await redis.exists(key)) === 1,
      end: async () => (await redis.del(key)) === 1,
    }
  }
