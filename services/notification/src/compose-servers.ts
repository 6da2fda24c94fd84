/** What the service serves, and to whom. */
import { bindNotificationService } from '@latchkey/contracts'
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import { startGrpcServer } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createDatabaseChecks } from '@latchkey/runtime/migrate'
import { startServers } from '@latchkey/runtime/servers'
import type { Stores } from './compose-stores.ts'
import type { UseCases } from './compose-usecases.ts'
import type { ServiceSettings } from './config.ts'
import { toRpcError } from './errors.ts'
import { checkEvictionPolicy, checkQueueRedis } from './queue/eviction-policy.ts'
import { createNotificationService } from './rpc/notification-service.ts'
import { databaseSchema } from './store/database-schema.ts'

export interface ServersInit {
  readonly settings: ServiceSettings
  readonly tls: TlsMaterial
  readonly stores: Stores
  readonly useCases: UseCases
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
}

export const composeServers = (init: ServersInit) => {
  const { settings, tls, stores, useCases, metrics, logger, closing } = init
  const { pool, redis } = stores
  const health = createHealth({
    checks: {
      ...createDatabaseChecks({ pool, ...databaseSchema }),
      eviction_policy: () => checkEvictionPolicy(redis),
    },
    // Without Redis messages are accepted all the same: they wait in the outbox.
    optionalChecks: { redis: () => redis.ping(), queue: () => checkQueueRedis(redis) },
  })
  return startServers({
    settings,
    health,
    metrics,
    logger,
    closing,
    servers: {
      grpc: commons =>
        startGrpcServer({
          ...commons,
          services: [bindNotificationService(createNotificationService(useCases), { toRpcError })],
          port: settings.GRPC_PORT,
          tls,
          allowedCallers: ['identity'],
        }),
    },
  })
}
