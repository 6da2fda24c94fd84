/** Builds the use cases over the stores. */
import { sessionEvents } from '@latchkey/contracts'
import { publishTo } from '@latchkey/outbox'
import { createRevocationMarkers, markerTtlSeconds } from '@latchkey/revocation'
import { createUuid } from '@latchkey/runtime/ids'
import type { Logger } from '@latchkey/runtime/logger'
import type { Stores } from './compose-stores.ts'
import type { SessionSettings } from './config.ts'
import type { Ending } from './domain/ending.ts'
import type { SessionId } from './domain/ids.ts'
import type { Locate } from './domain/place.ts'
import type { SessionMetrics } from './metrics.ts'
import { toSessionEndedEvent } from './store/session-ended-message.ts'
import { type SessionFlagged, toSessionFlaggedEvent } from './store/session-flagged-message.ts'
import { terminationListLength } from './store/termination-list.ts'
import { createAnnounceEndings } from './usecases/announce-endings.ts'
import { createCleanUp } from './usecases/clean-up.ts'
import { createConfirmSession } from './usecases/confirm-session.ts'
import { createCreateSession } from './usecases/create-session.ts'
import { createEndSession } from './usecases/end-session.ts'
import { createEndUnconfirmed } from './usecases/end-unconfirmed.ts'
import { createEndUserSessions } from './usecases/end-user-sessions.ts'
import { createFindSession } from './usecases/find-session.ts'
import { createFlushActivity } from './usecases/flush-activity.ts'
import { createFollowMoves } from './usecases/follow-moves.ts'
import { createListSessions } from './usecases/list-sessions.ts'
import { createPublishEnding } from './usecases/publish-ending.ts'
import { createRecordActivity } from './usecases/record-activity.ts'
import { createRestoreRevocations } from './usecases/restore-revocations.ts'

/** In which the changes of address count that nothing explains. */
const changesWindowSeconds = 3_600

export interface UseCasesInit {
  readonly settings: SessionSettings
  readonly stores: Stores
  readonly locate: Locate
  readonly metrics: SessionMetrics
  readonly logger: Logger
  /** Has the outbox relayed at once. */
  readonly nudge: () => void
  readonly now: () => Date
}

export const composeUseCases = ({ settings, stores, locate, metrics, logger, nudge, now }: UseCasesInit) => {
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
  const followMoves = createFollowMoves({
    ...shared,
    moves: stores.addressMoves,
    rules: {
      changesAllowed: settings.IP_CHANGE_THRESHOLD,
      changesWindowSeconds,
      isStrict: settings.STRICT_IP_VALIDATION,
      reviewGraceSeconds: settings.SESSION_REVIEW_GRACE_SECONDS,
    },
    locate,
    announceEndings,
    nudge,
    onMove: ({ outcome, reason }) => metrics.moves.inc({ outcome, reason }),
    onFlagged: () => metrics.reviews.inc({ step: 'flagged' }),
  })
  const flushActivity = createFlushActivity({ ...shared, followMoves })
  const publishEvent = (ending: Ending) => publishTo(stores.redis, sessionEvents, toSessionEndedEvent(ending))
  const publishFlagged = (flagged: SessionFlagged) =>
    publishTo(stores.redis, sessionEvents, toSessionFlaggedEvent(flagged))
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
    publishFlaggedSince: async at => {
      for (const flagged of await stores.reviews.flaggedSince(at)) await publishFlagged(flagged)
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
    listTerminations: stores.ended.page,
    listKnownAddresses: stores.addressList.page,
    recordActivity: createRecordActivity({
      ...shared,
      onDropped: count => metrics.activityDropped.inc(count),
    }),
    confirmSession: createConfirmSession({
      ...shared,
      onConfirmed: () => metrics.reviews.inc({ step: 'confirmed' }),
    }),
    endSession: createEndSession(ending),
    endUnconfirmed: createEndUnconfirmed(ending),
    endUserSessions: createEndUserSessions(ending),
    flushActivity: flushActivity.all,
    publishEnding,
    publishEvent,
    publishFlagged,
    cleanUp,
    revocations,
  }
}

export type UseCases = ReturnType<typeof composeUseCases>
