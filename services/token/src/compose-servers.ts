/** What the service serves, and to whom. */
import { bindTokenService } from '@latchkey/contracts'
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import { startGrpcServer } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import { createHttpApp, startHttpServer } from '@latchkey/runtime/http'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createDatabaseChecks } from '@latchkey/runtime/migrate'
import { startServers } from '@latchkey/runtime/servers'
import type { Admin } from './compose-admin.ts'
import type { Authorization } from './compose-authorize.ts'
import type { Device } from './compose-device.ts'
import type { Grants } from './compose-grants.ts'
import type { Keys } from './compose-keys.ts'
import type { Logout } from './compose-logout.ts'
import type { Pages } from './compose-pages.ts'
import type { Proofs } from './compose-proofs.ts'
import type { Registration } from './compose-registration.ts'
import type { Stores } from './compose-stores.ts'
import type { TokenUse } from './compose-token-use.ts'
import type { UseCases } from './compose-usecases.ts'
import type { TokenSettings } from './config.ts'
import { toProblem, toRpcError } from './errors.ts'
import { createCors } from './http/cors.ts'
import { createRefreshRoutes } from './http/refresh.ts'
import { createRenderProblem } from './http/render-problem.ts'
import { createTokenRoutes } from './http/token.ts'
import { createWellKnownRoutes } from './http/well-known.ts'
import { createTokenService } from './rpc/token-service.ts'
import { databaseSchema } from './store/database-schema.ts'

export interface ServersInit {
  readonly settings: TokenSettings
  readonly tls: TlsMaterial
  readonly stores: Stores
  readonly keys: Keys
  readonly useCases: UseCases
  readonly proofs: Proofs
  readonly grants: Grants
  readonly authorize: Authorization
  readonly tokenUse: TokenUse
  readonly device: Device
  readonly logout: Logout
  readonly admin: Admin
  readonly registration: Registration
  readonly pages: Pages
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
}

export const composeServers = (init: ServersInit) => {
  const { settings, tls, stores, keys, useCases, proofs, grants, pages, metrics, logger, closing } = init
  const { keyring } = keys
  const publicUrl = settings.PUBLIC_URL
  const app = createHttpApp({
    logger,
    metrics,
    behindGateway: true,
    routes: [
      ...createRefreshRoutes(useCases),
      ...createTokenRoutes({ ...grants, ...proofs }),
      ...init.authorize.routes,
      ...init.tokenUse.routes,
      ...init.device.routes,
      ...init.logout.routes,
      ...init.admin.routes,
      ...init.registration.routes,
      ...createWellKnownRoutes({
        publicUrl,
        keyring,
        hasRegistration: settings.REGISTRATION_ACCESS !== 'off',
        findScopes: stores.scopes.listActive,
      }),
    ],
    before: [createCors({ origins: settings.CORS_ORIGINS, clientOrigins: stores.clientOrigins, logger })],
    mapError: toProblem,
    renderProblem: createRenderProblem(pages.ui),
  })
  const health = createHealth({
    checks: {
      ...createDatabaseChecks({ pool: stores.pool, ...databaseSchema }),
      signing_keys: async () => keyring.getPublishedSigningKey(settings.ACCESS_TOKEN_ALG),
    },
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
          // The gateway for users; the others for the keys.
          allowedCallers: ['gateway', 'identity', 'session'],
        }),
      grpc: commons =>
        startGrpcServer({
          ...commons,
          services: [
            bindTokenService(createTokenService({ ...useCases, ...proofs, ...init.logout, ...init.admin }), {
              toRpcError,
            }),
          ],
          port: settings.GRPC_PORT,
          tls,
          allowedCallers: ['identity'],
        }),
    },
  })
}
