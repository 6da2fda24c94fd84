/** What the service does of its own accord, and how it stops: what was heard of is written last. */
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { onReconnect } from '@latchkey/runtime/redis'
import { type ScheduleInit, startSchedule } from '@latchkey/runtime/schedule'
import type { Stores } from './compose-stores.ts'
import type { UseCases } from './compose-usecases.ts'
import type { SessionSettings } from './config.ts'
import type { Places } from './store/places.ts'

/** How soon the loss of Redis' markers is noticed. */
const revocationCheckMs = 1_000
/** How long a session may outlive its grace in Redis' knowledge; Postgres' word holds to the millisecond. */
const reviewCheckMs = 2_000
/** Those who publish databases of places do so about once a week. */
const placesCheckMs = 60_000

export interface SchedulesInit {
  readonly settings: SessionSettings
  readonly stores: Stores
  readonly places: Pick<Places, 'refresh'>
  readonly useCases: UseCases
  readonly logger: Logger
  readonly closing: Closing
}

export const composeSchedules = (init: SchedulesInit): void => {
  const { settings, stores, places, useCases, logger, closing } = init
  const start = (init: Omit<ScheduleInit, 'logger'>) => {
    const schedule = startSchedule({ ...init, logger })
    closing.add(init.name, schedule.close)
    return schedule
  }
  closing.add('last flush of activity', useCases.flushActivity)
  start({
    name: 'flush activity',
    everyMs: settings.SESSION_FLUSH_SECONDS * 1_000,
    task: useCases.flushActivity,
  })
  start({
    name: 'end unconfirmed',
    everyMs: reviewCheckMs,
    task: useCases.endUnconfirmed,
  })
  start({
    name: 'clean up',
    everyMs: settings.SESSION_CLEANUP_SECONDS * 1_000,
    task: useCases.cleanUp,
    staggered: true,
  })
  if (settings.GEOIP_DATABASE.length > 0)
    start({ name: 'read the places again', everyMs: placesCheckMs, task: places.refresh })
  const restoring = start({
    name: 'restore revocations',
    everyMs: revocationCheckMs,
    task: useCases.revocations.check,
  })
  const stopWatching = onReconnect(stores.redis, () => {
    useCases.revocations.doubt()
    restoring.hurry()
  })
  closing.add('redis reconnects', stopWatching)
}
