/** Forgets messages after their retention time, in small batches that hold no lock for long. */
import type { Logger } from '@latchkey/runtime/logger'
import { inBatches, type ReportCleanupLag } from '@latchkey/runtime/schedule'

export interface DeleteOldMessagesDeps {
  readonly messages: {
    /** Deletes at most `limit` messages from before `before` that are over; gives their number. */
    deleteFinished(before: Date, limit: number): Promise<number>
    /** When the oldest message was accepted; undefined where there is none. */
    findOldestCreatedAt(): Promise<Date | undefined>
  }
  readonly retentionMs: number
  readonly reportLag: ReportCleanupLag
  readonly now: () => Date
  readonly logger: Pick<Logger, 'info'>
}

const batchSize = 1_000

/** Works until nothing is left or `signal` aborts. @throws what Postgres failed with */
export const createDeleteOldMessages =
  ({ messages, retentionMs, reportLag, now, logger }: DeleteOldMessagesDeps) =>
  async (signal: AbortSignal): Promise<void> => {
    const before = new Date(now().getTime() - retentionMs)
    const deleted = await inBatches({ batchSize, signal }, limit => messages.deleteFinished(before, limit))
    if (deleted > 0) logger.info({ deleted }, 'old messages were deleted')
    const oldestAt = await messages.findOldestCreatedAt()
    const dueSince = oldestAt === undefined ? undefined : new Date(oldestAt.getTime() + retentionMs)
    reportLag('messages', dueSince, now())
  }
