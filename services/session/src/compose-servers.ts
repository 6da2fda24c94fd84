/** What the service serves, and to whom. */
import { bearerProblem, bindSessionService, createAuthenticate } from '@latchkey/contracts'
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import { startGrpcServer } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import { createHttpApp, startHttpServer } from '@latchkey/runtime/http'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createDatabaseChecks } from '@latchkey/runtime/migrate'
import { startServers } from '@latchkey/runtime/servers'
import type { Clients } from './compose-clients.ts'
import type { Stores } from './compose-stores.ts'
import type { UseCases } from './compose-usecases.ts'
import type { SessionSettings } from './config.ts'
import { createAuthenticateLive } from './http/authenticate-live.ts'
import { createLogoutRoutes } from './http/logout.ts'
import { createSessionRoutes } from './http/sessions.ts'
import { createSessionService } from './rpc/session-service.ts'
import { databaseSchema } from './store/database-schema.ts'

export interface ServersInit {
  readonly settings: SessionSettings
  readonly tls: TlsMaterial
  readonly stores: Stores
  readonly clients: Clients
  readonly useCases: UseCases
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
  readonly now: () => Date
}

export const composeServers = (init: ServersInit) => {
  const { settings, tls, stores, clients, useCases, metrics, logger, closing, now } = init
  const authenticate = createAuthenticate(clients.verifier)
  const authenticateLive = createAuthenticateLive(authenticate, useCases.findSession)
  const app = createHttpApp({
    logger,
    metrics,
    behindGateway: true,
    routes: [
      ...createSessionRoutes({ ...useCases, authenticate: authenticateLive, now }),
      ...createLogoutRoutes({ ...useCases, authenticate }),
    ],
    mapError: bearerProblem,
  })
  const health = createHealth({
    checks: createDatabaseChecks({ pool: stores.pool, ...databaseSchema }),
    optionalChecks: { redis: () => stores.redis.ping() },
  })
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
          port: settings.HTTP_PORT,
          tls,
          // Only the gateway brings users' requests.
          allowedCallers: ['gateway'],
        }),
      grpc: commons =>
        startGrpcServer({
          ...commons,
          services: [bindSessionService(createSessionService({ ...useCases, now }))],
          port: settings.GRPC_PORT,
          tls,
          allowedCallers: ['gateway', 'identity', 'token'],
        }),
    },
  })
}
