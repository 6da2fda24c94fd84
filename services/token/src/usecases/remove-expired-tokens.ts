/** Removes expired tokens, a small batch at a time with a pause between, so that nobody else waits for it. */
import { setTimeout as delay } from 'node:timers/promises'
import type { ExpiredTokens } from '../store/expired-tokens.ts'

const batchSize = 500
const pauseMs = 50
// What one run removes at most: the next one goes on, so that a stop never waits for long.
const maxBatches = 100

/** @returns how many it removed */
export const createRemoveExpiredTokens =
  (expired: Pick<ExpiredTokens, 'remove'>) => async (): Promise<number> => {
    let total = 0
    for (let batch = 0; batch < maxBatches; batch += 1) {
      const removed = await expired.remove(batchSize)
      total += removed
      if (removed < batchSize) break
      await delay(pauseMs)
    }
    return total
  }
