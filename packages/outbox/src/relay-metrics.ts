import type { Metrics } from '@latchkey/runtime/metrics'

/** How far behind the outbox is, and what became of the attempts. */
export const createRelayMetrics = (metrics: Pick<Metrics, 'counter' | 'gauge'>) => ({
  relayed: metrics.counter({
    name: 'outbox_relayed_total',
    help: 'Outbox rows handed over',
    labelNames: ['kind'],
  }),
  failed: metrics.counter({
    name: 'outbox_failures_total',
    help: 'Attempts to hand over an outbox row that failed; each is tried again',
    labelNames: ['kind'],
  }),
  pending: metrics.gauge({ name: 'outbox_pending', help: 'Outbox rows not yet handed over' }),
  oldestAge: metrics.gauge({
    name: 'outbox_oldest_age_seconds',
    help: 'Age of the oldest outbox row not yet handed over, 0 when there is none',
  }),
})

export type RelayMetrics = ReturnType<typeof createRelayMetrics>
