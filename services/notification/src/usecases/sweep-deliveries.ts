/**
 * Looks after deliveries that nobody has touched for a while. Postgres is the truth, the queue only its echo: an
 * emptied Redis costs time and no mail. What has become worthless meanwhile is ended, and its secrets wiped.
 */
import type { DeliveryId } from '../domain/ids.ts'

export interface SweepDeliveriesDeps {
  readonly overdue: {
    /** Ends at most `limit` queued deliveries whose messages have become worthless; gives their number. */
    expire(limit: number): Promise<number>
    /** At most `limit` unfinished deliveries that nobody touched for a while, each to one caller. */
    takeOverdue(limit: number): Promise<readonly DeliveryId[]>
  }
  /** Queues those that have no job; leaves the others as they are. Gives the number of the queued. */
  readonly ensureJobs: (ids: readonly DeliveryId[]) => Promise<number>
}

const batchSize = 500

/** Takes everything that is overdue, batch by batch; gives what became of it. */
export const createSweepDeliveries =
  ({ overdue, ensureJobs }: SweepDeliveriesDeps) =>
  async (): Promise<{ expired: number; requeued: number }> => {
    const expired = await whole(() => overdue.expire(batchSize))
    let requeued = 0
    await whole(async () => {
      const ids = await overdue.takeOverdue(batchSize)
      requeued += await ensureJobs(ids)
      return ids.length
    })
    return { expired, requeued }
  }

/** Repeats `batch` until it is not full any more; gives the sum. */
const whole = async (batch: () => Promise<number>): Promise<number> => {
  let sum = 0
  for (;;) {
    const count = await batch()
    sum += count
    if (count < batchSize) return sum
  }
}
