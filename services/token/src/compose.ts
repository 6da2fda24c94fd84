/** The composition root: with the compose-* files beside it, the only code that knows everything. */
import { loadTls } from '@latchkey/runtime/certificates'
import { openService } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { createMetrics } from '@latchkey/runtime/metrics'
import { tlsFilesOf } from '@latchkey/runtime/settings'
import { composeAdmin } from './compose-admin.ts'
import { composeAuthorize } from './compose-authorize.ts'
import { composeBackchannel } from './compose-backchannel.ts'
import { composeClients } from './compose-clients.ts'
import { composeDevice } from './compose-device.ts'
import { composeEvents } from './compose-events.ts'
import { composeGrants } from './compose-grants.ts'
import { composeKeys } from './compose-keys.ts'
import { composeLogout } from './compose-logout.ts'
import { composePages } from './compose-pages.ts'
import { composeProofs } from './compose-proofs.ts'
import { composeRegistration } from './compose-registration.ts'
import { composeSchedules } from './compose-schedules.ts'
import { composeServers } from './compose-servers.ts'
import { composeStores } from './compose-stores.ts'
import { composeTokenUse } from './compose-token-use.ts'
import { composeUseCases } from './compose-usecases.ts'
import type { TokenSettings } from './config.ts'

const now = () => new Date()

/** Opens everything in order; it is closed the other way round. */
export const compose = (settings: TokenSettings, logger: Logger) =>
  openService(logger, async closing => {
    const metrics = createMetrics('token')
    const tls = await loadTls(tlsFilesOf(settings))
    const stores = composeStores({ settings, metrics, logger, closing, now })
    const clients = composeClients({ settings, tls, stores, metrics, logger, closing, now })
    const keys = await composeKeys({ settings, stores, logger, closing, now })
    const proofs = composeProofs({ settings, stores, clients, keys, logger, now })
    const logouts = composeBackchannel({ settings, stores, keys, proofs, metrics, logger, closing, now })
    const nudgeLogouts = () => void logouts.nudge()
    const outbox = composeEvents({ stores, clients, nudgeLogouts, metrics, logger, closing })
    const nudge = () => void outbox.nudge()
    const useCases = composeUseCases({ settings, stores, clients, keys, metrics, logger, nudge, now })
    const grants = composeGrants({ settings, stores, clients, keys, proofs, useCases, metrics, logger, now })
    const tokenUse = composeTokenUse({ settings, stores, clients, keys, proofs, grants, logger, now })
    const pages = composePages(settings)
    const authorize = composeAuthorize({
      settings,
      stores,
      clients,
      keys,
      proofs,
      grants,
      useCases,
      pages,
      metrics,
      logger,
      now,
    })
    const device = composeDevice({ settings, stores, grants, useCases, pages, now })
    const logout = composeLogout({ settings, stores, clients, keys, pages, logger, nudge })
    const admin = await composeAdmin({ settings, stores, clients, proofs, logger, closing, now })
    const registration = composeRegistration({ settings, stores, admin, now })
    composeSchedules({ useCases, logger, closing })
    return composeServers({
      settings,
      tls,
      stores,
      keys,
      useCases,
      proofs,
      grants,
      tokenUse,
      authorize,
      device,
      logout,
      admin,
      registration,
      pages,
      metrics,
      logger,
      closing,
    })
  })
