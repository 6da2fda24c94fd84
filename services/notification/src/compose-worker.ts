/** The composition root of the worker that sends mails. */
import { setTimeout as delay } from 'node:timers/promises'
import { createHealth } from '@latchkey/runtime/health'
import { createClosing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { startManagementServer } from '@latchkey/runtime/management'
import { createMetrics } from '@latchkey/runtime/metrics'
import type { Telemetry } from 'bullmq'
import { senderOf, type WorkerSettings } from './config.ts'
import { openDatabase } from './database.ts'
import { createUnseal } from './domain/sealed-data.ts'
import { startEmailWorker } from './queue/email-worker.ts'
import { checkQueueRedis } from './queue/eviction-policy.ts'
import { createOutcomeReport } from './queue/mail-metrics.ts'
import { createWorkerRedis } from './queue/worker-redis.ts'
import { createMailSender } from './smtp/mail-sender.ts'
import { smtpServerOf } from './smtp/smtp-options.ts'
import { createDeliveryStore } from './store/deliveries.ts'
import { createMailRenderer } from './templates/render-mail.ts'
import { createDeliverMail } from './usecases/deliver-mail.ts'
import { createWriteMail } from './usecases/write-mail.ts'

export const composeWorker = async (settings: WorkerSettings, logger: Logger, telemetry?: Telemetry) => {
  const closing = createClosing(logger)
  const metrics = createMetrics('notification-worker')

  const database = openDatabase({ settings, applicationName: 'notification-worker', logger, metrics })
  closing.add('database', database.close)
  const redis = createWorkerRedis({ url: settings.QUEUE_REDIS_URL ?? settings.REDIS_URL, logger })
  closing.add('redis', () => redis.disconnect())

  const address = senderOf(settings)
  const sender = createMailSender({
    server: smtpServerOf(settings),
    from: { name: settings.BRAND_NAME, address },
    connections: settings.WORKER_CONCURRENCY,
    timeoutMs: settings.SMTP_TIMEOUT_SECONDS * 1000,
  })
  closing.add('mail server', sender.close)

  const write = createWriteMail({
    render: createMailRenderer({
      brand: { name: settings.BRAND_NAME, color: settings.BRAND_COLOR },
      publicUrl: settings.PUBLIC_URL,
      defaultLocale: settings.MAIL_LOCALE,
    }),
    unseal: createUnseal(settings.MAIL_SEALING_KEY),
    messageIdDomain: address.slice(address.lastIndexOf('@') + 1),
  })
  const deliver = createDeliverMail({
    deliveries: createDeliveryStore(database.pool),
    write,
    send: sender.send,
  })
  const worker = startEmailWorker({
    connection: redis,
    deliver,
    onOutcome: createOutcomeReport({ metrics, logger }),
    concurrency: settings.WORKER_CONCURRENCY,
    telemetry,
    logger,
  })

  const health = createHealth({
    checks: { database: database.check, redis: () => redis.ping(), queue: () => checkQueueRedis(redis) },
  })
  const management = await startManagementServer({
    port: settings.MANAGEMENT_PORT,
    host: settings.BIND_ADDRESS,
    health,
    metrics,
    logger,
  })
  closing.add('management', () => management.close())
  closing.add('worker', async () => {
    health.drain()
    // A mail that is not done by then loses its worker; another one takes it over.
    await Promise.race([worker.drain(), delay(settings.SHUTDOWN_TIMEOUT_SECONDS * 1000)])
  })

  return { managementPort: management.port, close: closing.close }
}
