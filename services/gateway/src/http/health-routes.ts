/** The gateway's own answers: the health of the suite, and its metrics where they are public. */
import type { Route } from '@latchkey/runtime/http'
import type { Metrics } from '@latchkey/runtime/metrics'
import { mergeMetrics } from '../domain/merge-metrics.ts'
import type { SuiteHealth } from '../usecases/report-suite-health.ts'

export interface HealthRoutesDeps {
  reportSuiteHealth: () => Promise<SuiteHealth>
  version: string
  metrics: Pick<Metrics, 'render'>
  /** The metrics of the other processes, where the public port shows any at all. */
  readMetrics: (() => Promise<string[]>) | undefined
}

/** As every other 503 of the gateway. */
const retryAfterSeconds = 2

export const createHealthRoutes = (deps: HealthRoutesDeps): Route[] => {
  const handler: Route['handler'] = async (_req, res) => {
    const { status, dependencies, stillWorks } = await deps.reportSuiteHealth()
    if (status === 'unhealthy') res.status(503).set('Retry-After', String(retryAfterSeconds))
    res.json({ status, version: deps.version, dependencies, still_works: stillWorks })
  }
  const health: Route[] = [
    { method: 'GET', path: '/auth/health', handler },
    { method: 'GET', path: '/health', handler },
  ]
  const { readMetrics } = deps
  if (readMetrics === undefined) return health
  const metrics: Route = {
    method: 'GET',
    path: '/metrics',
    handler: async (_req, res) => {
      const [{ contentType, body }, others] = await Promise.all([deps.metrics.render(), readMetrics()])
      res.set('Content-Type', contentType).send(Buffer.from(mergeMetrics([body, ...others])))
    },
  }
  return [...health, metrics]
}
