/** Runs the removal of expired tokens once a minute, and shows how far behind it is. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import type { ExpiredTokens } from './store/expired-tokens.ts'
import { createRemoveExpiredTokens } from './usecases/remove-expired-tokens.ts'

export interface CleanupDeps {
  readonly expired: ExpiredTokens
  readonly metrics: Metrics
  readonly logger: Logger
  readonly intervalMs?: number
}

export const startCleanup = ({ expired, metrics, logger, intervalMs = 60_000 }: CleanupDeps) => {
  const lag = metrics.gauge({
    name: 'cleanup_lag_seconds',
    help: 'For how long the oldest expired refresh token has been due for removal',
  })
  const remove = createRemoveExpiredTokens({ expired })

  const run = async () => {
    try {
      const removed = await remove()
      if (removed > 0) logger.info({ removed }, 'expired refresh tokens were removed')
      lag.set(await expired.lagSeconds())
    } catch (error) {
      logger.warn({ error }, 'expired refresh tokens could not be removed; the next run tries again')
    }
  }

  let running = run()
  const timer = setInterval(() => {
    running = running.then(run)
  }, intervalMs)
  timer.unref()
  return {
    close: async (): Promise<void> => {
      clearInterval(timer)
      await running
    },
  }
}
