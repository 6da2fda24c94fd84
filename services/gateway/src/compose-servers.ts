/** The public port, what it answers itself and what it passes on. */
import { readFile } from 'node:fs/promises'
import { bearerProblem } from '@latchkey/contracts'
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import { createHealth } from '@latchkey/runtime/health'
import { createHttpApp, startHttpServer } from '@latchkey/runtime/http'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { parseCidr } from '@latchkey/runtime/networks'
import { startServers } from '@latchkey/runtime/servers'
import { brandOf, createUi } from '@latchkey/ui'
import { z } from 'zod'
import { createMetricsSources } from './clients/metrics-sources.ts'
import type { Clients } from './compose-clients.ts'
import type { Stores } from './compose-stores.ts'
import type { UseCases } from './compose-usecases.ts'
import { type GatewaySettings, publicTlsFilesOf } from './config.ts'
import { createIsForPeople, createRouteMatcher } from './domain/routes.ts'
import { createCors } from './http/cors.ts'
import { createHealthRoutes } from './http/health-routes.ts'
import { createDescribePath } from './http/path-descriptions.ts'
import { createProxy } from './http/proxy.ts'
import { createPublicRoutes } from './http/public-routes.ts'
import { createRenderProblem } from './http/render-problem.ts'
import { createRootRoutes } from './http/root-routes.ts'
import { routes } from './routes.ts'

export interface ServersInit {
  readonly settings: GatewaySettings
  readonly tls: TlsMaterial
  readonly stores: Stores
  readonly clients: Clients
  readonly useCases: UseCases
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
  readonly now: () => Date
}

const readVersion = async (): Promise<string> => {
  const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return z.object({ version: z.string() }).parse(JSON.parse(manifest)).version
}

const readPublicTls = async (settings: GatewaySettings) => {
  const files = publicTlsFilesOf(settings)
  if (files === undefined) return undefined
  const [cert, key] = await Promise.all([readFile(files.certFile), readFile(files.keyFile)])
  return { cert, key }
}

export const composeServers = async (init: ServersInit) => {
  const { settings, tls, stores, clients, useCases, metrics, logger, closing, now } = init
  const publicUrl = new URL(settings.PUBLIC_URL)
  const strictTransportSecurity = publicUrl.protocol === 'https:'
  const publicTls = await readPublicTls(settings)
  const proxy = createProxy({
    urls: { identity: settings.IDENTITY_URL, token: settings.TOKEN_URL, session: settings.SESSION_URL },
    tls,
    timeoutMs: settings.UPSTREAM_TIMEOUT_SECONDS * 1_000,
    now,
  })
  closing.add('proxy', proxy.close)
  const ui = createUi({ brand: brandOf(settings), publicUrl: settings.PUBLIC_URL })
  const ownRoutes = [
    ...createRootRoutes({ ui, publicUrl: settings.PUBLIC_URL }),
    ...createHealthRoutes({
      reportSuiteHealth: useCases.reportSuiteHealth,
      version: await readVersion(),
      metrics,
      readMetrics: settings.METRICS_PUBLIC ? createMetricsSources(settings.METRICS_SOURCES) : undefined,
    }),
  ]
  const describePath = createDescribePath(routes, ownRoutes)
  const app = createHttpApp({
    logger,
    metrics,
    routes: ownRoutes,
    strictTransportSecurity,
    before: [createCors({ policy: { origins: settings.CORS_ORIGINS }, describePath })],
    fallback: createPublicRoutes({
      ...useCases,
      matchRoute: createRouteMatcher(routes),
      recordActivity: clients.recordActivity,
      proxy,
      trustedProxies: settings.TRUSTED_PROXIES.map(parseCidr),
      publicUrl,
      now,
      logger,
    }),
    mapError: bearerProblem,
    renderProblem: createRenderProblem({
      ui,
      isForPeople: createIsForPeople(
        routes,
        ownRoutes.map(({ path }) => path),
      ),
    }),
  })
  // Nothing that the gateway can lack keeps it from answering; what it lacks shows in /auth/health.
  const health = createHealth({ optionalChecks: { redis: () => stores.redis.ping() } })
  return startServers({
    settings,
    health,
    metrics,
    logger,
    closing,
    servers: {
      http: commons =>
        startHttpServer({
          ...commons,
          app,
          strictTransportSecurity,
          port: settings.PORT,
          ...(publicTls === undefined ? {} : { tls: publicTls }),
        }),
    },
  })
}
