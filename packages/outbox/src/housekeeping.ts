/** What the relay does besides relaying: it measures the backlog, and deletes rows relayed long ago. */
import type { RelayMetrics } from './relay-metrics.ts'
import type { OutboxRows } from './rows.ts'

export interface HousekeepingDeps {
  readonly rows: Pick<OutboxRows, 'measure' | 'purge'>
  readonly metrics: Pick<RelayMetrics, 'pending' | 'oldestAge'>
}

const measureEveryMs = 5_000
const purgeEveryMs = 10 * 60_000
// Long enough to look up what became of yesterday's mail.
const keepSeconds = 86_400
// Small deletes, so that none holds locks or floods the write-ahead log for long.
const purgeBatch = 500

/** Called after each look at the outbox; does what is due. @throws what Postgres failed with */
export const createHousekeeping = ({ rows, metrics }: HousekeepingDeps): (() => Promise<void>) => {
  let measuredAtMs = Number.NEGATIVE_INFINITY
  // The first purge comes some time after the start, when replicas are no longer busy starting.
  let purgedAtMs = performance.now()

  return async () => {
    const nowMs = performance.now()
    if (nowMs - measuredAtMs >= measureEveryMs) {
      measuredAtMs = nowMs
      const backlog = await rows.measure()
      metrics.pending.set(backlog.pending)
      metrics.oldestAge.set(backlog.oldestAgeSeconds)
    }
    if (nowMs - purgedAtMs >= purgeEveryMs) {
      const deleted = await rows.purge(keepSeconds, purgeBatch)
      // A full batch means that there is more: go on at the next turn.
      if (deleted < purgeBatch) purgedAtMs = nowMs
    }
  }
}
