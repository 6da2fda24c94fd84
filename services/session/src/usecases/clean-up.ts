/** Ends sessions that are over and deletes what has been kept for long enough, in small batches. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Ending } from '../domain/ending.ts'
import type { AnnounceEndings } from './announce-endings.ts'

export interface Expiry {
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
  /** How far behind the cleanup is after this run, in seconds. */
  onLag: (seconds: number) => void
  signal: AbortSignal
  batchSize?: number
}

const dayMs = 86_400_000
// Between two batches, so that a backlog never keeps Postgres busy.
const pauseMs = 50

/** Works until nothing is left or `signal` aborts. @throws what Postgres failed with */
export const createCleanUp = (deps: CleanUpDeps) => {
  const { due, retention, now, signal, batchSize = 200 } = deps

  const repeat = async (batch: () => Promise<number>): Promise<void> => {
    while (!signal.aborted && (await batch()) === batchSize) await delay(pauseMs)
  }

  const expire = () =>
    repeat(async () => {
      const batch = { at: now(), refreshTtlSeconds: deps.refreshTtlSeconds, batchSize }
      const { endings, seen } = await due.expire(batch)
      await deps.announceEndings(endings)
      return seen
    })

  const deleteOld = (what: Retained, days: number) =>
    repeat(() => retention.deleteBatch(what, new Date(now().getTime() - days * dayMs), batchSize))

  return async (): Promise<void> => {
    await expire()
    await deleteOld('sessions', deps.retentionDays)
    await deleteOld('terminations', deps.retentionDays)
    await deleteOld('knownAddresses', deps.addressRetentionDays)
    const at = now()
    const oldest = await due.oldestDueAt(at)
    deps.onLag(oldest === undefined ? 0 : (at.getTime() - oldest.getTime()) / 1000)
  }
}
