/** What operators see of this service besides what every process shows. */
import type { Metrics } from '@latchkey/runtime/metrics'
import { createCleanupLag } from '@latchkey/runtime/schedule'

export const createSessionMetrics = (metrics: Metrics, buffered: () => number) => {
  metrics.gauge({
    name: 'session_activity_buffered',
    help: 'Sessions whose last use waits to be written to Postgres',
    collect: gauge => gauge.set(buffered()),
  })
  return {
    signIns: metrics.counter({
      name: 'session_sign_ins_total',
      help: 'Sign-ins, by whether a session began or that of the device was renewed',
      labelNames: ['kind'],
    }),
    ended: metrics.counter({
      name: 'sessions_ended_total',
      help: 'Sessions that ended, by reason',
      labelNames: ['reason'],
    }),
    moves: metrics.counter({
      name: 'session_address_changes_total',
      help: 'Changes of address of sessions, by what became of them and what explains them',
      labelNames: ['outcome', 'reason'],
    }),
    reviews: metrics.counter({
      name: 'session_reviews_total',
      help: 'Sessions under review: flagged, confirmed by their owners (the others end, as sessions_ended_total says)',
      labelNames: ['step'],
    }),
    activityDropped: metrics.counter({
      name: 'session_activity_dropped_total',
      help: 'Uses of sessions that found no room while Postgres was away',
    }),
    revocationsRestored: metrics.counter({
      name: 'session_revocations_restored_total',
      help: 'Times that revocations were told to Redis again, by what had happened to it',
      labelNames: ['cause'],
    }),
    reportCleanupLag: createCleanupLag(metrics),
  }
}

export type SessionMetrics = ReturnType<typeof createSessionMetrics>
