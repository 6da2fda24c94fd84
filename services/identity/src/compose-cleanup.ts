/** The removal of outdated rows, again and again until the process ends. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import { createCleanUp } from './usecases/clean-up.ts'

export interface CleanupInit {
  readonly settings: IdentitySettings
  readonly stores: Pick<Stores, 'retention'>
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
  readonly now: () => Date
}

const daySeconds = 86_400

export const composeCleanup = ({ settings, stores, metrics, logger, closing, now }: CleanupInit): void => {
  const stopping = new AbortController()
  const lag = metrics.gauge({
    name: 'identity_cleanup_lag_seconds',
    help: 'For how long the oldest outdated row has been due',
    labelNames: ['table'],
  })
  const cleanUp = createCleanUp({
    retention: stores.retention,
    keepSeconds: {
      // A day in which support can see that a link was there, and whether it was used.
      password_resets: daySeconds,
      login_attempts: 0,
      known_devices: settings.KNOWN_DEVICE_TTL_DAYS * daySeconds,
    },
    onLag: (table, seconds) => lag.set({ table }, seconds),
    now,
    signal: stopping.signal,
  })
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await cleanUp().catch((error: unknown) =>
        logger.warn({ error }, 'the cleanup failed and is tried again'),
      )
      // Replicas that were started together need not clean up together.
      const pauseMs = settings.IDENTITY_CLEANUP_SECONDS * 1_000 * (0.5 + Math.random())
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const running = run()
  closing.add('cleanup', () => {
    stopping.abort()
    return running
  })
}
