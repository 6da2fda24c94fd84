/** Removes what expired, table by table, a small batch at a time, and tells how far behind it is. */
import type { Logger } from '@latchkey/runtime/logger'
import { inBatches, type ReportCleanupLag } from '@latchkey/runtime/schedule'

export interface ExpiredTable {
  /** Removes at most `limit` rows, and what died with them. @returns how many */
  remove(limit: number): Promise<number>
  findOldestDueAt(): Promise<Date | undefined>
}

export interface RemoveExpiredTokensDeps {
  /** By the names that the metric has for them. */
  readonly tables: Readonly<Record<string, ExpiredTable>>
  readonly reportLag: ReportCleanupLag
  readonly now: () => Date
  readonly logger: Pick<Logger, 'info'>
}

const batchSize = 500

/** Works until nothing is left or `signal` aborts. @throws what Postgres failed with */
export const createRemoveExpiredTokens =
  ({ tables, reportLag, now, logger }: RemoveExpiredTokensDeps) =>
  async (signal: AbortSignal): Promise<void> => {
    for (const [table, expired] of Object.entries(tables)) {
      const removed = await inBatches({ batchSize, signal }, expired.remove)
      if (removed > 0) logger.info({ table, removed }, 'expired rows were removed')
      reportLag(table, await expired.findOldestDueAt(), now())
    }
  }
