/** What the service does of its own accord, and how it stops: what was heard of is written last. */
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { onReconnect } from '@latchkey/runtime/redis'
import type { Stores } from './compose-stores.ts'
import type { UseCases } from './compose-usecases.ts'
import type { SessionSettings } from './config.ts'
import { startSchedule } from './schedule.ts'

/** How soon the loss of Redis' markers is noticed. */
const revocationCheckMs = 1_000

export interface SchedulesInit {
  readonly settings: SessionSettings
  readonly logger: Logger
  readonly closing: Closing
  readonly stores: Stores
  readonly useCases: UseCases
  readonly stopping: AbortController
}

export const startSchedules = ({
  settings,
  logger,
  closing,
  stores,
  useCases,
  stopping,
}: SchedulesInit): void => {
  closing.add('last flush of activity', useCases.flushActivity)
  const schedules = {
    'flush activity': startSchedule({
      name: 'flush activity',
      everyMs: settings.SESSION_FLUSH_SECONDS * 1000,
      task: useCases.flushActivity,
      logger,
    }),
    'clean up': startSchedule({
      name: 'clean up',
      everyMs: settings.SESSION_CLEANUP_SECONDS * 1000,
      task: useCases.cleanUp,
      logger,
    }),
    'restore revocations': startSchedule({
      name: 'restore revocations',
      everyMs: revocationCheckMs,
      task: useCases.revocations.check,
      logger,
    }),
  }
  for (const [name, schedule] of Object.entries(schedules)) closing.add(name, schedule.close)
  closing.add('cleanup batches', () => stopping.abort())
  closing.add(
    'redis reconnects',
    onReconnect(stores.redis, () => {
      useCases.revocations.doubt()
      schedules['restore revocations'].hurry()
    }),
  )
}
