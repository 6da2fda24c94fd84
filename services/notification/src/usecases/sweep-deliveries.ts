/**
 * Looks after deliveries that nobody has touched for a while. Postgres is the truth, the queue only its echo: an
 * emptied Redis costs time and no mail. What has become worthless meanwhile is ended, and its secrets wiped.
 */
import { inBatches } from '@latchkey/runtime/schedule'
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
  async (signal: AbortSignal): Promise<{ expired: number; requeued: number }> => {
    const expired = await inBatches({ batchSize, signal }, overdue.expire)
    let requeued = 0
    await inBatches({ batchSize, signal }, async limit => {
      const ids = await overdue.takeOverdue(limit)
      requeued += await ensureJobs(ids)
      return ids.length
    })
    return { expired, requeued }
  }
