/** How far behind the removal of outdated rows is: one metric for all services, so that one alert does for all. */
import type { Metrics } from '../metrics/index.ts'

/** Takes, for a table, the instant since which its oldest outdated row has been due; undefined where none is. */
export type ReportCleanupLag = (table: string, dueSince: Date | undefined, now: Date) => void

/** Exports `cleanup_lag_seconds{table}`: 0 where nothing is due. */
export const createCleanupLag = (metrics: Pick<Metrics, 'gauge'>): ReportCleanupLag => {
  const lag = metrics.gauge({
    name: 'cleanup_lag_seconds',
    help: 'For how long the oldest row that is due for removal has waited',
    labelNames: ['table'],
  })
  return (table, dueSince, now) => {
    const lagMs = dueSince === undefined ? 0 : now.getTime() - dueSince.getTime()
    lag.set({ table }, Math.max(0, lagMs / 1_000))
  }
}
