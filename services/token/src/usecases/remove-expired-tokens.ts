/** Removes expired tokens, a small batch at a time, and tells how far behind it is. */
import type { Logger } from '@latchkey/runtime/logger'
import { inBatches, type ReportCleanupLag } from '@latchkey/runtime/schedule'

export interface RemoveExpiredTokensDeps {
  readonly expired: {
    /** Removes at most `limit` tokens, and the families that died with them. @returns how many tokens */
    remove(limit: number): Promise<number>
    findOldestDueAt(): Promise<Date | undefined>
  }
  readonly reportLag: ReportCleanupLag
  readonly now: () => Date
  readonly logger: Pick<Logger, 'info'>
}

const batchSize = 500

/** Works until nothing is left or `signal` aborts. @throws what Postgres failed with */
export const createRemoveExpiredTokens =
  ({ expired, reportLag, now, logger }: RemoveExpiredTokensDeps) =>
  async (signal: AbortSignal): Promise<void> => {
    const removed = await inBatches({ batchSize, signal }, expired.remove)
    if (removed > 0) logger.info({ removed }, 'expired refresh tokens were removed')
    reportLag('refresh_tokens', await expired.findOldestDueAt(), now())
  }
