/** The composition root of the service that accepts messages: the only file that knows all of its parts. */
import { createRelay } from '@latchkey/outbox'
import { loadTls } from '@latchkey/runtime/certificates'
import { startGrpcServer } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import { createClosing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { startManagementServer } from '@latchkey/runtime/management'
import { createMetrics } from '@latchkey/runtime/metrics'
import { createRedis } from '@latchkey/runtime/redis'
import type { Telemetry } from 'bullmq'
import type { ServiceSettings } from './config.ts'
import { openDatabase } from './database.ts'
import { startHousekeeping } from './housekeeping.ts'
import { createEmailQueue } from './queue/email-queue.ts'
import { checkEvictionPolicy, checkQueueRedis } from './queue/eviction-policy.ts'
import { observeQueue } from './queue/queue-metrics.ts'
import { createNotificationService } from './rpc/notification-service.ts'
import { createMessageStore, deliveryQueued, readQueuedDelivery } from './store/messages.ts'
import { createOverdueDeliveryStore } from './store/overdue-deliveries.ts'
import { createAcceptMessage } from './usecases/accept-message.ts'
import { createDeleteOldMessages } from './usecases/delete-old-messages.ts'
import { createSweepDeliveries } from './usecases/sweep-deliveries.ts'

const now = () => new Date()
const dayMs = 86_400_000

export const compose = async (settings: ServiceSettings, logger: Logger, telemetry?: Telemetry) => {
  const closing = createClosing(logger)
  const metrics = createMetrics('notification')
  const tls = await loadTls({
    caFile: settings.TLS_CA_FILE,
    certFile: settings.TLS_CERT_FILE,
    keyFile: settings.TLS_KEY_FILE,
  })

  const database = openDatabase({ settings, applicationName: 'notification', logger, metrics })
  closing.add('database', database.close)
  const redis = createRedis({
    url: settings.QUEUE_REDIS_URL ?? settings.REDIS_URL,
    name: 'notification',
    logger,
  })
  closing.add('redis', () => redis.disconnect())
  const queue = createEmailQueue({
    redis,
    retry: { attempts: settings.MAIL_ATTEMPTS, firstPauseMs: settings.MAIL_RETRY_SECONDS * 1000 },
    telemetry,
    logger,
  })
  closing.add('queue', queue.close)
  observeQueue(queue, metrics)

  const relay = createRelay({
    pool: database.pool,
    handlers: { [deliveryQueued]: row => queue.add(readQueuedDelivery(row.payload)) },
    logger,
    metrics,
  })
  relay.start()
  closing.add('relay', relay.close)

  const messages = createMessageStore(database)
  const retentionMs = settings.MAIL_RETENTION_DAYS * dayMs
  const housekeeping = startHousekeeping({
    sweep: createSweepDeliveries({
      overdue: createOverdueDeliveryStore(database.pool),
      ensureJobs: queue.ensureJobs,
    }),
    deleteOldMessages: createDeleteOldMessages({ messages, retentionMs, now }),
    messages,
    retentionMs,
    metrics,
    logger,
  })
  closing.add('housekeeping', housekeeping.stop)

  const health = createHealth({
    checks: { database: database.check, eviction_policy: () => checkEvictionPolicy(redis) },
    // Without Redis messages are accepted all the same: they wait in the outbox.
    optionalChecks: { redis: () => redis.ping(), queue: () => checkQueueRedis(redis) },
  })
  const management = await startManagementServer({
    port: settings.MANAGEMENT_PORT,
    host: settings.BIND_ADDRESS,
    health,
    metrics,
    logger,
  })
  closing.add('management', () => management.close())

  const acceptMessage = createAcceptMessage({
    messages,
    onAccepted: relay.nudge,
    maxAgeMs: settings.MAIL_MAX_AGE_SECONDS * 1000,
    now,
  })
  const server = await startGrpcServer({
    services: [createNotificationService({ acceptMessage })],
    port: settings.GRPC_PORT,
    host: settings.BIND_ADDRESS,
    tls,
    allowedCallers: ['identity', 'session'],
    health,
    logger,
    metrics,
    endpointRemovalMs: settings.ENDPOINT_REMOVAL_SECONDS * 1000,
  })
  closing.add('grpc', () => server.close(settings.SHUTDOWN_TIMEOUT_SECONDS * 1000))

  return { grpcPort: server.port, managementPort: management.port, close: closing.close }
}
