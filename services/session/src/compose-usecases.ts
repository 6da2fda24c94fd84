/** Builds the use cases over the stores. */
import { publishTo } from '@latchkey/outbox'
import { createRevocationMarkers, markerTtlSeconds } from '@latchkey/revocation'
import { createUuid } from '@latchkey/runtime/ids'
import type { Logger } from '@latchkey/runtime/logger'
import type { Stores } from './compose-stores.ts'
import type { SessionSettings } from './config.ts'
import type { Ending } from './domain/ending.ts'
import type { SessionId } from './domain/ids.ts'
import type { SessionMetrics } from './metrics.ts'
import { sessionEvents, toSessionEndedEvent } from './store/session-ended-message.ts'
import { terminationListLength } from './store/termination-list.ts'
import { createAnnounceEndings } from './usecases/announce-endings.ts'
import { createCleanUp } from './usecases/clean-up.ts'
import { createCreateSession } from './usecases/create-session.ts'
import { createEndSession } from './usecases/end-session.ts'
import { createEndUserSessions } from './usecases/end-user-sessions.ts'
import { createFindSession } from './usecases/find-session.ts'
import { createFlushActivity } from './usecases/flush-activity.ts'
import { createListSessions } from './usecases/list-sessions.ts'
import { createPublishEnding } from './usecases/publish-ending.ts'
import { createRecordActivity } from './usecases/record-activity.ts'
import { createRestoreRevocations } from './usecases/restore-revocations.ts'

export interface UseCasesInit {
  readonly settings: SessionSettings
  readonly stores: Stores
  readonly metrics: SessionMetrics
  readonly logger: Logger
  /** Has the outbox relayed at once. */
  readonly nudge: () => void
  readonly now: () => Date
}

export const composeUseCases = ({ settings, stores, metrics, logger, nudge, now }: UseCasesInit) => {
  const lifetimes = {
    ttlSeconds: settings.SESSION_TTL_SECONDS,
    rememberTtlSeconds: settings.SESSION_REMEMBER_TTL_SECONDS,
    absoluteTtlSeconds: settings.SESSION_ABSOLUTE_TTL_SECONDS,
    refreshTtlSeconds: settings.REFRESH_TOKEN_TTL_SECONDS,
  }
  const shared = { ...stores, lifetimes, logger, now }
  const markers = createRevocationMarkers({ redis: stores.redis })
  const publishEnding = createPublishEnding({ ...stores, markers })
  const announceEndings = createAnnounceEndings({
    publishEnding,
    nudge,
    onEnded: reason => metrics.ended.inc({ reason }),
    logger,
  })
  const flushActivity = createFlushActivity(shared)
  const publishEvent = (ending: Ending) => publishTo(stores.redis, sessionEvents, toSessionEndedEvent(ending))
  const cleanUp = createCleanUp({
    ...shared,
    announceEndings,
    refreshTtlSeconds: lifetimes.refreshTtlSeconds,
    retentionDays: settings.SESSION_RETENTION_DAYS,
    addressRetentionDays: settings.KNOWN_ADDRESS_RETENTION_DAYS,
    reportLag: metrics.reportCleanupLag,
  })
  const revocations = createRestoreRevocations({
    ...shared,
    markers,
    publishEvents: async endings => {
      await Promise.all(endings.map(publishEvent))
    },
    markerTtlSeconds,
    refreshTtlSeconds: lifetimes.refreshTtlSeconds,
    terminationListLength,
    onRestored: cause => metrics.revocationsRestored.inc({ cause }),
  })
  const ending = { ...shared, announceEndings }
  return {
    createSession: createCreateSession({
      ...ending,
      flushActivity,
      limit: {
        maxConcurrentSessions: settings.MAX_CONCURRENT_SESSIONS,
        terminateOldSessions: settings.TERMINATE_OLD_SESSIONS,
      },
      createId: () => createUuid<SessionId>(),
      onSignedIn: kind => metrics.signIns.inc({ kind }),
    }),
    findSession: createFindSession(shared),
    listSessions: createListSessions(shared),
    recordActivity: createRecordActivity({
      ...shared,
      onDropped: count => metrics.activityDropped.inc(count),
    }),
    endSession: createEndSession(ending),
    endUserSessions: createEndUserSessions(ending),
    flushActivity,
    publishEnding,
    publishEvent,
    cleanUp,
    revocations,
  }
}

export type UseCases = ReturnType<typeof composeUseCases>
