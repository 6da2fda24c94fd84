/** The composition root: with the compose-* files beside it, the only code that knows everything. */
import { sessionEvents } from '@latchkey/contracts'
import { consumeStream, createRelay } from '@latchkey/outbox'
import { loadTls } from '@latchkey/runtime/certificates'
import { openService } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { createMetrics } from '@latchkey/runtime/metrics'
import { tlsFilesOf } from '@latchkey/runtime/settings'
import { composeAdmin } from './compose-admin.ts'
import { composeClients } from './compose-clients.ts'
import { composePasswords } from './compose-passwords.ts'
import { composeSchedules } from './compose-schedules.ts'
import { composeServers } from './compose-servers.ts'
import { composeStores } from './compose-stores.ts'
import { composeUseCases } from './compose-usecases.ts'
import type { IdentitySettings } from './config.ts'
import { createRelayHandlers } from './relay/handlers.ts'

/** Opens everything in order; it is closed the other way round. Tests bring a clock of their own. */
export const compose = (settings: IdentitySettings, logger: Logger, now: () => Date = () => new Date()) =>
  openService(logger, async closing => {
    const metrics = createMetrics('identity')
    const tls = await loadTls(tlsFilesOf(settings))
    const stores = composeStores({ settings, metrics, logger, closing })
    const clients = composeClients({ settings, tls, metrics, closing })
    const passwords = await composePasswords({ settings, metrics, closing })
    const useCases = composeUseCases({
      settings,
      stores,
      clients,
      passwords,
      metrics,
      logger,
      nudge: () => relay.nudge(),
      now,
    })
    const admin = composeAdmin({ settings, stores, clients, passwords, useCases, logger, now })
    const relay = createRelay({
      pool: stores.pool,
      handlers: createRelayHandlers({ ...clients, ...useCases, authorities: stores.authorities }),
      logger,
      metrics,
    })
    relay.start()
    closing.add('outbox relay', relay.close)
    const events = consumeStream({
      redis: stores.redis,
      stream: sessionEvents,
      group: 'identity',
      // Each for its own kind of event.
      handle: async event => {
        await useCases.askOwner(event)
        await useCases.concludeSession(event)
      },
      logger,
    })
    closing.add('events', events.close)
    composeSchedules({ settings, useCases, stores, passwords, logger, closing })
    const ports = await composeServers({
      settings,
      tls,
      stores,
      clients,
      passwords,
      useCases,
      admin,
      metrics,
      logger,
      closing,
      now,
    })
    clients.verifier.preload().catch((error: unknown) => {
      logger.info({ error }, 'the keys of the token service are not there yet')
    })
    return ports
  })
