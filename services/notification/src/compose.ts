/** The composition root of the service that accepts messages, with the compose-* files beside it. */
import { createRelay } from '@latchkey/outbox'
import { loadTls } from '@latchkey/runtime/certificates'
import { openService } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { createMetrics } from '@latchkey/runtime/metrics'
import { tlsFilesOf } from '@latchkey/runtime/settings'
import type { Telemetry } from 'bullmq'
import { composeSchedules } from './compose-schedules.ts'
import { composeServers } from './compose-servers.ts'
import { composeStores } from './compose-stores.ts'
import { composeUseCases } from './compose-usecases.ts'
import type { ServiceSettings } from './config.ts'
import { deliveryQueued, readQueuedDelivery } from './store/messages.ts'

const now = () => new Date()

/** Opens everything in order; it is closed the other way round. */
export const compose = (settings: ServiceSettings, logger: Logger, telemetry?: Telemetry) =>
  openService(logger, async closing => {
    const metrics = createMetrics('notification')
    const tls = await loadTls(tlsFilesOf(settings))
    const stores = composeStores({ settings, telemetry, metrics, logger, closing })
    const relay = createRelay({
      pool: stores.pool,
      handlers: { [deliveryQueued]: row => stores.queue.add(readQueuedDelivery(row.payload)) },
      logger,
      metrics,
    })
    relay.start()
    closing.add('outbox relay', relay.close)
    const nudge = () => void relay.nudge()
    const useCases = composeUseCases({ settings, stores, metrics, logger, nudge, now })
    composeSchedules({ useCases, metrics, logger, closing })
    return composeServers({ settings, tls, stores, useCases, metrics, logger, closing })
  })
