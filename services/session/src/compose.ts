/** The composition root: with the compose-* files beside it, the only code that knows everything. */
import { loadTls } from '@latchkey/runtime/certificates'
import { openService } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { createMetrics } from '@latchkey/runtime/metrics'
import { whenReady } from '@latchkey/runtime/redis'
import { tlsFilesOf } from '@latchkey/runtime/settings'
import { composeClients } from './compose-clients.ts'
import { composeEvents } from './compose-events.ts'
import { composeSchedules } from './compose-schedules.ts'
import { composeServers } from './compose-servers.ts'
import { composeStores } from './compose-stores.ts'
import { composeUseCases } from './compose-usecases.ts'
import type { SessionSettings } from './config.ts'
import { createSessionMetrics } from './metrics.ts'
import { openPlaces } from './store/places.ts'

const now = () => new Date()

const redisPatienceMs = 2_000

/** Opens everything in order; it is closed the other way round. */
export const compose = (settings: SessionSettings, logger: Logger) =>
  openService(logger, async closing => {
    const metrics = createMetrics('session')
    const tls = await loadTls(tlsFilesOf(settings))
    const stores = composeStores({ settings, metrics, logger, closing, now })
    // Postgres is the truth and need not wait; but a first look at a connection that is still being made would only be
    // told as a failure.
    await whenReady(stores.redis, redisPatienceMs)
    const clients = composeClients({ settings, tls, closing })
    const places = await openPlaces(settings.GEOIP_DATABASE)
    const useCases = composeUseCases({
      settings,
      stores,
      locate: places.locate,
      metrics: createSessionMetrics(metrics, () => stores.buffer.size),
      logger,
      nudge: () => void outbox.nudge(),
      now,
    })
    const outbox = composeEvents({ stores, useCases, metrics, logger, closing })
    composeSchedules({ settings, stores, places, useCases, logger, closing })
    return composeServers({ settings, tls, stores, clients, useCases, metrics, logger, closing, now })
  })
