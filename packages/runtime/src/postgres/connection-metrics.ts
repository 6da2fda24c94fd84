/** `database_connections{state}`: read from the pool when scraped, so it costs nothing in between. */
import type pg from 'pg'
import { Gauge, type Registry } from 'prom-client'

export interface ConnectionMetrics {
  readonly registry: Registry
}

export const observeConnections = (pool: pg.Pool, metrics: ConnectionMetrics): void => {
  const gauge: Gauge<'state'> = new Gauge({
    name: 'database_connections',
    help: 'Connections of the Postgres pool: total open, idle among them, and requests waiting for one',
    labelNames: ['state'],
    registers: [metrics.registry],
    collect() {
      gauge.set({ state: 'total' }, pool.totalCount)
      gauge.set({ state: 'idle' }, pool.idleCount)
      gauge.set({ state: 'waiting' }, pool.waitingCount)
    },
  })
}
