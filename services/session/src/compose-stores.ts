/** Opens Postgres and Redis and everything that reads and writes them. */
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createPool } from '@latchkey/runtime/postgres'
import { createRedis } from '@latchkey/runtime/redis'
import { poolOptionsOf } from '@latchkey/runtime/settings'
import type { SessionSettings } from './config.ts'
import { createActivityBuffer } from './store/activity-buffer.ts'
import { createActivityStamps } from './store/activity-stamps.ts'
import { createAddressList } from './store/address-list.ts'
import { createAddressMoves } from './store/address-moves.ts'
import { databaseSchema } from './store/database-schema.ts'
import { createDueSessions } from './store/due-sessions.ts'
import { createEndedSessions } from './store/ended-sessions.ts'
import { createEndings } from './store/endings.ts'
import { createPrisma } from './store/prisma.ts'
import { createWatchContinuity } from './store/redis-continuity.ts'
import { createRetention } from './store/retention.ts'
import { createReviews } from './store/reviews.ts'
import { createSessionRecords } from './store/session-records.ts'
import { createSessions } from './store/sessions.ts'
import { createSignIns } from './store/sign-ins.ts'
import { createTerminationList } from './store/termination-list.ts'

export interface StoresInit {
  readonly settings: SessionSettings
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
  readonly now: () => Date
}

export const composeStores = ({ settings, metrics, logger, closing, now }: StoresInit) => {
  const pool = createPool({
    ...poolOptionsOf(settings),
    schema: databaseSchema.schema,
    applicationName: 'session',
    logger,
    metrics,
  })
  closing.add('postgres', () => pool.end())
  const redis = createRedis({
    url: settings.REDIS_URL,
    name: 'session',
    commandTimeoutMs: settings.REDIS_TIMEOUT_MS,
    logger,
  })
  closing.add('redis', () => redis.disconnect())
  return {
    pool,
    redis,
    addressList: createAddressList({ pool }),
    addressMoves: createAddressMoves({ pool }),
    buffer: createActivityBuffer(),
    due: createDueSessions({ pool }),
    ended: createEndedSessions({ pool }),
    endings: createEndings({ pool }),
    records: createSessionRecords({ redis, now }),
    reviews: createReviews({ pool }),
    retention: createRetention({ pool }),
    sessions: createSessions({ prisma: createPrisma(pool) }),
    signIns: createSignIns({ pool }),
    stamps: createActivityStamps({ pool }),
    terminations: createTerminationList({ redis }),
    watchContinuity: createWatchContinuity({ redis }),
  }
}

export type Stores = ReturnType<typeof composeStores>
