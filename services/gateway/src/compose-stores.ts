/** Opens Redis, and the counters that are kept in it. */
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { createRedis } from '@latchkey/runtime/redis'
import type { GatewaySettings } from './config.ts'
import { createProcessCounters } from './store/process-counters.ts'
import { withFallback } from './store/rate-limit-counters.ts'
import { createRedisCounters } from './store/redis-counters.ts'

export interface StoresInit {
  readonly settings: GatewaySettings
  readonly logger: Logger
  readonly closing: Closing
  readonly now: () => Date
}

export const composeStores = ({ settings, logger, closing, now }: StoresInit) => {
  const redis = createRedis({
    url: settings.REDIS_URL,
    name: 'gateway',
    commandTimeoutMs: settings.REDIS_TIMEOUT_MS,
    logger,
  })
  closing.add('redis', () => redis.disconnect())
  return {
    redis,
    counters: withFallback(createRedisCounters(redis), createProcessCounters(now), error =>
      logger.debug({ error }, 'limits are counted in this process'),
    ),
  }
}

export type Stores = ReturnType<typeof composeStores>
