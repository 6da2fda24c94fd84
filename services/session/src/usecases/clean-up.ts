/** Ends sessions that are over and deletes what has been kept for long enough, in small batches. */
import { inBatches, type ReportCleanupLag } from '@latchkey/runtime/schedule'
import type { Ending } from '../domain/ending.ts'
import type { AnnounceEndings } from './announce-endings.ts'

interface Expiry {
  readonly at: Date
  readonly refreshTtlSeconds: number
  readonly batchSize: number
}

export type Retained = 'sessions' | 'terminations' | 'knownAddresses'

export interface CleanUpDeps {
  due: {
    expire(expiry: Expiry): Promise<{ readonly endings: readonly Ending[]; readonly seen: number }>
    oldestDueAt(at: Date): Promise<Date | undefined>
  }
  retention: { deleteBatch(what: Retained, before: Date, batchSize: number): Promise<number> }
  announceEndings: AnnounceEndings
  refreshTtlSeconds: number
  retentionDays: number
  addressRetentionDays: number
  now: () => Date
  reportLag: ReportCleanupLag
  batchSize?: number
}

const dayMs = 86_400_000

/** Works until nothing is left or `signal` aborts. @throws what Postgres failed with */
export const createCleanUp = (deps: CleanUpDeps) => {
  const { due, retention, now, batchSize = 200 } = deps

  const expire = (signal: AbortSignal) =>
    inBatches({ batchSize, signal }, async () => {
      const batch = { at: now(), refreshTtlSeconds: deps.refreshTtlSeconds, batchSize }
      const { endings, seen } = await due.expire(batch)
      await deps.announceEndings(endings)
      return seen
    })

  const deleteOld = (what: Retained, days: number, signal: AbortSignal) =>
    inBatches({ batchSize, signal }, () =>
      retention.deleteBatch(what, new Date(now().getTime() - days * dayMs), batchSize),
    )

  return async (signal: AbortSignal): Promise<void> => {
    await expire(signal)
    await deleteOld('sessions', deps.retentionDays, signal)
    await deleteOld('terminations', deps.retentionDays, signal)
    await deleteOld('knownAddresses', deps.addressRetentionDays, signal)
    const at = now()
    deps.reportLag('sessions', await due.oldestDueAt(at), at)
  }
}
