/** Opens Postgres and Redis and everything that reads and writes them, the mail queue among them. */
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createRedis } from '@latchkey/runtime/redis'
import type { Telemetry } from 'bullmq'
import { composeDatabase } from './compose-database.ts'
import { queueRedisUrlOf, type ServiceSettings } from './config.ts'
import { createEmailQueue } from './queue/email-queue.ts'
import { observeQueue } from './queue/queue-metrics.ts'
import { createMessages } from './store/messages.ts'
import { createOverdueDeliveries } from './store/overdue-deliveries.ts'

export interface StoresInit {
  readonly settings: ServiceSettings
  readonly telemetry: Telemetry | undefined
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
}

export const composeStores = ({ settings, telemetry, metrics, logger, closing }: StoresInit) => {
  const database = composeDatabase({ settings, applicationName: 'notification', metrics, logger, closing })
  const redis = createRedis({
    url: queueRedisUrlOf(settings),
    name: 'notification',
    commandTimeoutMs: settings.REDIS_TIMEOUT_MS,
    // Jobs are queued in the order in which they came.
    sharesWrites: false,
    logger,
  })
  closing.add('redis', () => redis.disconnect())
  const queue = createEmailQueue({
    redis,
    retry: { attempts: settings.MAIL_ATTEMPTS, firstPauseMs: settings.MAIL_RETRY_SECONDS * 1_000 },
    telemetry,
    logger,
  })
  closing.add('queue', queue.close)
  observeQueue(queue, metrics)
  return {
    pool: database.pool,
    redis,
    queue,
    messages: createMessages(database),
    overdue: createOverdueDeliveries(database),
  }
}

export type Stores = ReturnType<typeof composeStores>
