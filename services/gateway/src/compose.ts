/** The composition root: with the compose-* files beside it, the only code that knows everything. */
import { loadTls } from '@latchkey/runtime/certificates'
import { openService } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { createMetrics } from '@latchkey/runtime/metrics'
import { tlsFilesOf } from '@latchkey/runtime/settings'
import { composeClients } from './compose-clients.ts'
import { composeServers } from './compose-servers.ts'
import { composeStores } from './compose-stores.ts'
import { composeUseCases } from './compose-usecases.ts'
import type { GatewaySettings } from './config.ts'

const now = () => new Date()

/** Opens everything in order; it is closed the other way round. */
export const compose = (settings: GatewaySettings, logger: Logger) =>
  openService(logger, async closing => {
    const metrics = createMetrics('gateway')
    const tls = await loadTls(tlsFilesOf(settings))
    const stores = composeStores({ settings, logger, closing, now })
    const clients = composeClients({ settings, tls, metrics, logger, closing, now })
    const useCases = composeUseCases({ settings, stores, clients, now })
    return composeServers({ settings, tls, stores, clients, useCases, metrics, logger, closing, now })
  })
