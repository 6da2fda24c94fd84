/** The composition root of the worker that sends mails. */
import { setTimeout as delay } from 'node:timers/promises'
import { createHealth } from '@latchkey/runtime/health'
import { openService } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { createMetrics } from '@latchkey/runtime/metrics'
import { createDatabaseChecks } from '@latchkey/runtime/migrate'
import { startServers } from '@latchkey/runtime/servers'
import type { Telemetry } from 'bullmq'
import { composeDatabase } from './compose-database.ts'
import { queueRedisUrlOf, senderOf, type WorkerSettings } from './config.ts'
import { createUnseal } from './domain/sealed-data.ts'
import { startEmailWorker } from './queue/email-worker.ts'
import { checkQueueRedis } from './queue/eviction-policy.ts'
import { createOutcomeReport } from './queue/mail-metrics.ts'
import { createWorkerRedis } from './queue/worker-redis.ts'
import { createMailSender } from './smtp/mail-sender.ts'
import { smtpServerOf } from './smtp/smtp-options.ts'
import { databaseSchema } from './store/database-schema.ts'
import { createDeliveries } from './store/deliveries.ts'
import { createMailRenderer } from './templates/render-mail.ts'
import { createDeliverMail } from './usecases/deliver-mail.ts'
import { createWriteMail } from './usecases/write-mail.ts'

const applicationName = 'notification-worker'

/** Opens everything in order; it is closed the other way round. */
export const composeWorker = (settings: WorkerSettings, logger: Logger, telemetry?: Telemetry) =>
  openService(logger, async closing => {
    const metrics = createMetrics(applicationName)
    const database = composeDatabase({ settings, applicationName, metrics, logger, closing })
    const redis = createWorkerRedis({ url: queueRedisUrlOf(settings), logger })
    closing.add('redis', () => redis.disconnect())

    const address = senderOf(settings)
    const sender = createMailSender({
      server: smtpServerOf(settings),
      from: { name: settings.BRAND_NAME, address },
      connections: settings.WORKER_CONCURRENCY,
      timeoutMs: settings.SMTP_TIMEOUT_SECONDS * 1_000,
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

    const health = createHealth({
      checks: {
        ...createDatabaseChecks({ pool: database.pool, ...databaseSchema }),
        redis: () => redis.ping(),
        queue: () => checkQueueRedis(redis),
      },
    })
    const ports = await startServers({ settings, health, metrics, logger, closing, servers: {} })

    const worker = startEmailWorker({
      connection: redis,
      deliver: createDeliverMail({ deliveries: createDeliveries(database), write, send: sender.send }),
      onOutcome: createOutcomeReport({ metrics, logger }),
      concurrency: settings.WORKER_CONCURRENCY,
      telemetry,
      logger,
    })
    // Closed first: nobody sends it requests, so there is no load balancer to wait for.
    closing.add('worker', async () => {
      health.drain()
      // A mail that is not done by then loses its worker; another one takes it over.
      const deadlineMs = settings.SHUTDOWN_TIMEOUT_SECONDS * 1_000
      await Promise.race([worker.drain(), delay(deadlineMs, undefined, { ref: false })])
    })
    return ports
  })
