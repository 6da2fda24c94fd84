/** The ports of the process. They are opened last and closed first, with health telling so before they are. */
import { fileURLToPath } from 'node:url'
import { bindSessionService } from '@latchkey/contracts'
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import { startGrpcServer } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import { createHttpApp, startHttpServer } from '@latchkey/runtime/http'
import { createInternalFetch } from '@latchkey/runtime/internal-http'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { startManagementServer } from '@latchkey/runtime/management'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createMigrationCheck } from '@latchkey/runtime/migrate'
import { createTokenVerifier } from '@latchkey/sdk'
import type { Stores } from './compose-stores.ts'
import type { UseCases } from './compose-usecases.ts'
import type { SessionSettings } from './config.ts'
import { toProblem, toRpcError } from './errors.ts'
import { createAuthenticate, createAuthenticateLive } from './http/authenticate.ts'
import { logoutRoutes } from './http/logout.ts'
import { sessionRoutes } from './http/sessions.ts'
import { createSessionService } from './rpc/session-service.ts'
import { databaseSchema } from './store/prisma.ts'

/** Only the gateway brings users' requests. */
const httpCallers = ['gateway']
const grpcCallers = ['gateway', 'identity', 'token']

const migrationsPath = fileURLToPath(new URL('../prisma/migrations', import.meta.url))

export interface ServersInit {
  readonly settings: SessionSettings
  readonly logger: Logger
  readonly metrics: Metrics
  readonly tls: TlsMaterial
  readonly closing: Closing
  readonly stores: Stores
  readonly useCases: UseCases
  readonly now: () => Date
}

/** Gives the ports that are listened on. */
export const startServers = async (init: ServersInit) => {
  const { settings, logger, metrics, tls, closing, useCases } = init
  const host = settings.BIND_ADDRESS
  const deadlineMs = settings.SHUTDOWN_TIMEOUT_SECONDS * 1000
  const health = createHealth({
    checks: {
      database: () => init.stores.pool.query('SELECT 1'),
      migrations: createMigrationCheck({ pool: init.stores.pool, schema: databaseSchema, migrationsPath }),
    },
    optionalChecks: { redis: () => init.stores.redis.ping() },
  })
  const management = await startManagementServer({
    port: settings.MANAGEMENT_PORT,
    host,
    health,
    metrics,
    logger,
  })
  closing.add('management server', () => management.close(1_000))

  const http = await startHttpServer({
    app: createHttpApp({
      logger,
      metrics,
      routes: createRoutes(init),
      mapError: toProblem,
    }),
    port: settings.HTTP_PORT,
    host,
    tls,
    allowedCallers: httpCallers,
    logger,
  })
  closing.add('http server', () => http.close(deadlineMs))

  const grpc = await startGrpcServer({
    services: [bindSessionService(createSessionService(useCases), { toRpcError })],
    port: settings.GRPC_PORT,
    host,
    tls,
    allowedCallers: grpcCallers,
    health,
    logger,
    metrics,
    endpointRemovalMs: settings.ENDPOINT_REMOVAL_SECONDS * 1000,
  })
  closing.add('grpc server', () => grpc.close(deadlineMs))

  return { httpPort: http.port, grpcPort: grpc.port, managementPort: management.port }
}

const createVerifier = ({ settings, tls, closing }: ServersInit) => {
  const internal = createInternalFetch({ tls, serverName: 'token' })
  closing.add('connection to the token service', () => internal.close())
  return createTokenVerifier({
    issuer: settings.PUBLIC_URL,
    jwks: `${settings.TOKEN_URL}/.well-known/jwks.json`,
    fetch: internal.fetch,
  })
}

const createRoutes = (init: ServersInit) => {
  const { useCases, now } = init
  const authenticate = createAuthenticate(createVerifier(init))
  return [
    ...sessionRoutes({
      ...useCases,
      authenticate: createAuthenticateLive(authenticate, useCases.findSession),
      now,
    }),
    ...logoutRoutes({ ...useCases, authenticate }),
  ]
}
