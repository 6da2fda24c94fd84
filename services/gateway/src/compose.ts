/** The composition root: the only file that knows everything. */
import { readFile } from 'node:fs/promises'
import { createActivityRecorder, createSessionClient } from '@latchkey/contracts'
import { createRevocationCheck } from '@latchkey/revocation'
import { loadTls } from '@latchkey/runtime/certificates'
import { createHealthClient } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import { createHttpApp, startHttpServer } from '@latchkey/runtime/http'
import { createInternalFetch } from '@latchkey/runtime/internal-http'
import { announceStop, createClosing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { startManagementServer } from '@latchkey/runtime/management'
import { createMetrics } from '@latchkey/runtime/metrics'
import { createRedis } from '@latchkey/runtime/redis'
import { createTokenVerifier } from '@latchkey/sdk'
import { z } from 'zod'
import { createFetchFromReplicas } from './clients/fetch-from-replicas.ts'
import { createMetricsSources } from './clients/metrics-sources.ts'
import { createFindSessionState } from './clients/sessions.ts'
import type { GatewayConfig } from './config.ts'
import { createRouteMatcher } from './domain/routes.ts'
import { createCors } from './http/cors.ts'
import { createHealthRoutes } from './http/health-routes.ts'
import { renderProblem } from './http/oauth-errors.ts'
import { createDescribePath } from './http/path-descriptions.ts'
import { createProxy } from './http/proxy.ts'
import { createPublicRoutes } from './http/public-routes.ts'
import { ROUTES } from './routes.ts'
import { createProcessCounters, createRedisCounters, withFallback } from './store/rate-limit-counters.ts'
import { createAuthenticateRequest } from './usecases/authenticate-request.ts'
import { createCountRequest } from './usecases/count-request.ts'
import { createReportSuiteHealth } from './usecases/report-suite-health.ts'
import { createTellBudget } from './usecases/tell-budget.ts'

const now = () => new Date()

const readVersion = async (): Promise<string> => {
  const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return z.object({ version: z.string() }).parse(JSON.parse(manifest)).version
}

export const compose = async (config: GatewayConfig, logger: Logger) => {
  const closing = createClosing(logger)
  const metrics = createMetrics('gateway')
  const tls = await loadTls({
    caFile: config.TLS_CA_FILE,
    certFile: config.TLS_CERT_FILE,
    keyFile: config.TLS_KEY_FILE,
  })

  const redis = createRedis({ url: config.REDIS_URL, name: 'gateway', logger })
  closing.add('redis', () => redis.disconnect())
  const sessions = createSessionClient({ target: config.SESSION_GRPC, tls, metrics })
  closing.add('session client', () => sessions.close())
  const activity = createActivityRecorder({ sessions, logger })
  closing.add('activity', () => activity.close())

  const askers = {
    identity: createHealthClient({ target: config.IDENTITY_GRPC, tls, serverName: 'identity' }),
    token: createHealthClient({ target: config.TOKEN_GRPC, tls, serverName: 'token' }),
    session: createHealthClient({ target: config.SESSION_GRPC, tls, serverName: 'session' }),
    notification: createHealthClient({ target: config.NOTIFICATION_GRPC, tls, serverName: 'notification' }),
  }
  for (const [name, client] of Object.entries(askers))
    closing.add(`${name} health client`, () => client.close())

  const internal = createInternalFetch({ tls, serverName: 'token' })
  closing.add('internal http', () => internal.close())
  const verifier = createTokenVerifier({
    issuer: config.PUBLIC_URL,
    jwks: `${config.TOKEN_URL[0]}/.well-known/jwks.json`,
    fetch: createFetchFromReplicas(config.TOKEN_URL, internal.fetch),
    now,
  })
  const revocation = createRevocationCheck({ redis, getSession: createFindSessionState(sessions), now })
  const counters = withFallback(createRedisCounters(redis), createProcessCounters(now), error =>
    logger.debug({ error }, 'limits are counted in this process'),
  )
  const budgets = { counters, limits: config.rateLimits, allowlist: config.rateLimitAllowlist }
  const proxy = createProxy({
    urls: { identity: config.IDENTITY_URL, token: config.TOKEN_URL, session: config.SESSION_URL },
    tls,
    timeoutMs: config.UPSTREAM_TIMEOUT_SECONDS * 1_000,
    now,
  })
  closing.add('proxy', () => proxy.close())

  const matchRoute = createRouteMatcher(ROUTES)
  const ownRoutes = createHealthRoutes({
    reportSuiteHealth: createReportSuiteHealth({
      askService: (service, check) => askers[service].check(check),
      pingRedis: () => redis.ping(),
    }),
    version: await readVersion(),
    metrics,
    readMetrics: config.METRICS_PUBLIC ? createMetricsSources(config.METRICS_SOURCES) : undefined,
  })
  const publicUrl = new URL(config.PUBLIC_URL)
  const app = createHttpApp({
    logger,
    metrics,
    routes: ownRoutes,
    strictTransportSecurity: publicUrl.protocol === 'https:',
    before: [
      createCors({
        policy: { origins: config.CORS_ORIGINS },
        describePath: createDescribePath(ROUTES, ownRoutes),
      }),
    ],
    fallback: createPublicRoutes({
      matchRoute,
      authenticate: createAuthenticateRequest({
        verifyToken: verifier.verify,
        checkRevocation: revocation.check,
      }),
      countRequest: createCountRequest(budgets),
      tellBudget: createTellBudget(budgets),
      recordActivity: activity.record,
      proxy,
      trustedProxies: config.trustedProxies,
      publicUrl,
      now,
      logger,
    }),
    renderProblem,
  })

  // Nothing that the gateway can lack keeps it from answering; what it lacks shows in /auth/health.
  const health = createHealth({ optionalChecks: { redis: () => redis.ping() } })
  const management = await startManagementServer({
    port: config.MANAGEMENT_PORT,
    host: config.BIND_ADDRESS,
    health,
    metrics,
    logger,
  })
  closing.add('management', () => management.close())
  const server = await startHttpServer({
    app,
    port: config.PORT,
    host: config.BIND_ADDRESS,
    ...(config.publicTls === undefined
      ? {}
      : {
          tls: {
            cert: await readFile(config.publicTls.certFile),
            key: await readFile(config.publicTls.keyFile),
          },
        }),
    logger,
  })
  closing.add('http', () => server.close(config.SHUTDOWN_TIMEOUT_SECONDS * 1_000))
  closing.add('announcement', announceStop(health, config.ENDPOINT_REMOVAL_SECONDS))
  return { port: server.port, managementPort: management.port, close: closing.close }
}
