/**
 * The metrics of a process, in a Prometheus registry of its own. Labels have few values: routes are patterns,
 * never raw paths, and nothing about a user is a label.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

interface Named<Label extends string> {
  readonly name: string
  readonly help: string
  readonly labelNames?: readonly Label[]
}

export interface GaugeInit<Label extends string> extends Named<Label> {
  /** Called before each scrape, to set the current values. */
  readonly collect?: (gauge: Gauge<Label>) => void | Promise<void>
}

export interface HistogramInit<Label extends string> extends Named<Label> {
  /** Upper bounds; by default those of request durations in seconds. */
  readonly buckets?: readonly number[]
}

/** What a connection pool tells about itself; `pg.Pool` fits. */
export interface PoolCounts {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
}

// From a cached check (1 ms) to the deadline of a request (10 s).
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Asking twice for one name gives the same instrument, so that two parts may share it. */
export const createMetrics = (service: string) => {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })

  const counter = <Label extends string = never>({
    labelNames = [],
    ...init
  }: Named<Label>): Counter<Label> =>
    (registry.getSingleMetric(init.name) as Counter<Label> | undefined) ??
    new Counter({ ...init, labelNames: [...labelNames], registers: [registry] })

  const gauge = <Label extends string = never>({
    labelNames = [],
    collect,
    ...init
  }: GaugeInit<Label>): Gauge<Label> =>
    (registry.getSingleMetric(init.name) as Gauge<Label> | undefined) ??
    new Gauge<Label>({
      ...init,
      labelNames: [...labelNames],
      registers: [registry],
      ...(collect === undefined
        ? {}
        : {
            collect() {
              return collect(this)
            },
          }),
    })

  const histogram = <Label extends string = never>({
    labelNames = [],
    buckets = durationBuckets,
    ...init
  }: HistogramInit<Label>): Histogram<Label> =>
    (registry.getSingleMetric(init.name) as Histogram<Label> | undefined) ??
    new Histogram({ ...init, labelNames: [...labelNames], buckets: [...buckets], registers: [registry] })

  return {
    counter,
    gauge,
    histogram,
    httpRequestDuration: histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
    }),
    grpcServerDuration: histogram({
      name: 'grpc_server_duration_seconds',
      help: 'Time that an RPC took to serve, by its method and status',
      labelNames: ['method', 'status'],
    }),
    grpcClientDuration: histogram({
      name: 'grpc_client_duration_seconds',
      help: 'Time that a call to another service took, by its method and status',
      labelNames: ['method', 'status'],
    }),
    /** Exports `database_connections{state}` of a pool: busy and idle connections, waiting requests. */
    observeDatabasePool: (pool: PoolCounts) =>
      gauge({
        name: 'database_connections',
        help: 'Connections of the database pool by state; waiting are requests without one',
        labelNames: ['state'],
        collect: connections => {
          connections.set({ state: 'busy' }, pool.totalCount - pool.idleCount)
          connections.set({ state: 'idle' }, pool.idleCount)
          connections.set({ state: 'waiting' }, pool.waitingCount)
        },
      }),
    /** The text that a Prometheus scrape gets. */
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  }
}

export type Metrics = ReturnType<typeof createMetrics>
