/** Removes expired tokens, a small batch at a time with a pause between, so that nobody else waits for it. */
import { setTimeout as delay } from 'node:timers/promises'

const batchSize = 500
const pauseMs = 50
// What one run removes at most: the next one goes on, so that a stop never waits for long.
const maxBatches = 100

export interface RemoveExpiredTokensDeps {
  readonly expired: {
    /** Removes at most `limit` tokens, and the families that died with them. @returns how many tokens */
    remove(limit: number): Promise<number>
  }
}

/** @returns how many it removed */
export const createRemoveExpiredTokens =
  ({ expired }: RemoveExpiredTokensDeps) =>
  async (): Promise<number> => {
    let total = 0
    for (let batch = 0; batch < maxBatches; batch += 1) {
      const removed = await expired.remove(batchSize)
      total += removed
      if (removed < batchSize) break
      await delay(pauseMs)
    }
    return total
  }
