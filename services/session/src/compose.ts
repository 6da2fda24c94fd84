/** The composition root: with the compose-* files beside it, the only code that knows everything. */
import { createRelay } from '@latchkey/outbox'
import { loadTls } from '@latchkey/runtime/certificates'
import { type Closing, createClosing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { createMetrics } from '@latchkey/runtime/metrics'
import { startSchedules } from './compose-schedules.ts'
import { startServers } from './compose-servers.ts'
import { composeStores } from './compose-stores.ts'
import { composeUseCases } from './compose-usecases.ts'
import type { SessionSettings } from './config.ts'
import { createSessionMetrics } from './metrics.ts'
import { parseSessionEnded, sessionEndedKind } from './store/session-ended-message.ts'

/** Starts the service; what fails on the way closes what was opened. */
export const compose = async (settings: SessionSettings, logger: Logger) => {
  const closing = createClosing(logger)
  try {
    return await open(settings, logger, closing)
  } catch (error) {
    await closing.close()
    throw error
  }
}

const open = async (settings: SessionSettings, logger: Logger, closing: Closing) => {
  const now = () => new Date()
  const metrics = createMetrics('session')
  const tls = await loadTls({
    caFile: settings.TLS_CA_FILE,
    certFile: settings.TLS_CERT_FILE,
    keyFile: settings.TLS_KEY_FILE,
  })
  const stores = composeStores({ settings, logger, metrics, closing, now })
  const stopping = new AbortController()
  const useCases = composeUseCases({
    settings,
    stores,
    metrics: createSessionMetrics(metrics, () => stores.buffer.size),
    logger,
    now,
    nudge: () => void relay.nudge(),
    signal: stopping.signal,
  })
  const relay = createRelay({
    pool: stores.pool,
    handlers: {
      [sessionEndedKind]: async row => {
        const { ending, token } = parseSessionEnded(row.payload)
        await useCases.publishEnding(ending, token)
        await useCases.publishEvent(ending)
      },
    },
    logger,
    metrics,
  })
  relay.start()
  closing.add('outbox relay', () => relay.close())
  startSchedules({ settings, logger, closing, stores, useCases, stopping })
  const ports = await startServers({ settings, logger, metrics, tls, closing, stores, useCases, now })
  return { ...ports, close: closing.close }
}
