/** Much work in small statements, so that none of them holds locks, or keeps others from Postgres, for long. */
import { setTimeout as delay } from 'node:timers/promises'

export interface BatchesInit {
  readonly batchSize: number
  /** Ends it between two batches. */
  readonly signal?: AbortSignal
}

// Between two batches, so that a backlog never keeps Postgres busy.
const pauseMs = 50

/**
 * Repeats `work` until a batch is not full any more; gives the sum.
 * @param work does at most `batchSize` things and tells how many it did
 * @throws what `work` failed with
 */
export const inBatches = async (
  { batchSize, signal }: BatchesInit,
  work: (batchSize: number) => Promise<number>,
): Promise<number> => {
  let sum = 0
  while (signal?.aborted !== true) {
    const count = await work(batchSize)
    sum += count
    if (count < batchSize) break
    await delay(pauseMs)
  }
  return sum
}
