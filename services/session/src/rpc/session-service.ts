/** latchkey.session.v1.SessionService: proto in, use case, proto out. */
import {
  type Activity__Output,
  fromTimestamp,
  type KnownAddress as KnownAddressMessage,
  type ListedSession,
  type SessionHandlers,
  type Termination,
  toEndReason,
  toTimestamp,
} from '@latchkey/contracts'
import { canonicalAddress, cleanUserAgent } from '../domain/client.ts'
import { deviceLabel } from '../domain/device-label.ts'
import type { Ending, TerminationPage } from '../domain/ending.ts'
import { parseSessionId } from '../domain/ids.ts'
import type { AddressPage, KnownAddress } from '../domain/known-address.ts'
import { expiresAtOf, isActive } from '../domain/lifetime.ts'
import type { Review } from '../domain/review.ts'
import type { Activity, Session } from '../domain/session.ts'
import { refusal } from '../errors.ts'
import type { ConfirmSession } from '../usecases/confirm-session.ts'
import type { CreateSessionInput } from '../usecases/create-session.ts'
import type { EndSession } from '../usecases/end-session.ts'
import type { EndUserSessions } from '../usecases/end-user-sessions.ts'
import type { FindSession } from '../usecases/find-session.ts'
import type { ListSessions } from '../usecases/list-sessions.ts'
import {
  assertActivityCount,
  getDeviceId,
  getExceptedSession,
  getPageLimit,
  getReason,
  getUserId,
} from './fields.ts'

export interface SessionServiceDeps {
  createSession: (input: CreateSessionInput) => Promise<Session>
  findSession: FindSession
  listSessions: ListSessions
  listTerminations: (page: TerminationPage) => Promise<readonly Ending[]>
  listKnownAddresses: (page: AddressPage) => Promise<readonly KnownAddress[]>
  confirmSession: ConfirmSession
  recordActivity: (activities: readonly Activity[]) => Promise<void>
  endSession: EndSession
  endUserSessions: EndUserSessions
  now: () => Date
}

const toActivity = (activity: Activity__Output): Activity[] => {
  const sessionId = parseSessionId(activity.sessionId)
  const at = fromTimestamp(activity.at)
  if (sessionId === undefined || at === undefined || Number.isNaN(at.getTime())) return []
  return [{ sessionId, at, ipAddress: canonicalAddress(activity.ipAddress) }]
}

const toListedReview = (
  review: Review | undefined,
): Pick<ListedSession, 'reviewUntil' | 'flaggedAt' | 'reviewReason'> =>
  review === undefined
    ? { reviewUntil: null, flaggedAt: null, reviewReason: '' }
    : {
        reviewUntil: toTimestamp(review.until),
        flaggedAt: toTimestamp(review.flaggedAt),
        reviewReason: review.reason,
      }

const toListed = (session: Session, now: Date): ListedSession => ({
  sessionId: session.id,
  createdAt: toTimestamp(session.createdAt),
  lastAccessedAt: toTimestamp(session.lastAccessedAt),
  expiresAt: toTimestamp(expiresAtOf(session)),
  ipAddress: session.ipAddress ?? '',
  userAgent: session.userAgent,
  device: deviceLabel(session.userAgent),
  active: isActive(session, now),
  ...toListedReview(session.review),
})

const toTermination = (ending: Ending): Termination => ({
  sessionId: ending.sessionId,
  userId: ending.userId,
  reason: toEndReason(ending.reason),
  originalIp: ending.originalIp ?? '',
  newIp: ending.newIp ?? '',
  at: toTimestamp(ending.endedAt),
})

const toKnownAddress = (known: KnownAddress): KnownAddressMessage => ({
  address: known.address,
  firstSeenAt: toTimestamp(known.firstSeenAt),
  lastSeenAt: toTimestamp(known.lastSeenAt),
  provenAt: known.provenAt === undefined ? null : toTimestamp(known.provenAt),
})

export const createSessionService = (deps: SessionServiceDeps): SessionHandlers => ({
  createSession: async request => {
    const session = await deps.createSession({
      userId: getUserId(request.userId),
      deviceId: getDeviceId(request.deviceId),
      deviceKnown: request.deviceKnown,
      client: {
        userAgent: cleanUserAgent(request.userAgent),
        ipAddress: canonicalAddress(request.ipAddress),
      },
      rememberMe: request.rememberMe,
      credentialVersion: request.credentialVersion,
    })
    return {
      sessionId: session.id,
      createdAt: toTimestamp(session.createdAt),
      expiresAt: toTimestamp(expiresAtOf(session)),
      endsAt: toTimestamp(session.endsAt),
    }
  },

  getSession: async ({ sessionId }) => {
    const id = parseSessionId(sessionId)
    const found = id === undefined ? undefined : await deps.findSession(id)
    if (found === undefined) throw refusal('SESSION_NOT_FOUND')
    return {
      state: found.isLive ? 'SESSION_STATE_LIVE' : 'SESSION_STATE_ENDED',
      userId: found.session.userId,
      endsAt: toTimestamp(found.session.endsAt),
      expired: !isActive(found.session, deps.now()),
      rememberMe: found.session.isRemembered,
    }
  },

  listSessions: async ({ userId }) => {
    const sessions = await deps.listSessions(getUserId(userId))
    const now = deps.now()
    return { sessions: sessions.map(session => toListed(session, now)) }
  },

  listTerminations: async ({ userId, limit, beforeAt, beforeSessionId }) => {
    const endedAt = fromTimestamp(beforeAt)
    const sessionId = parseSessionId(beforeSessionId)
    const endings = await deps.listTerminations({
      userId: userId === '' ? undefined : getUserId(userId),
      before: endedAt === undefined || sessionId === undefined ? undefined : { endedAt, sessionId },
      limit: getPageLimit(limit),
    })
    return { terminations: endings.map(toTermination) }
  },

  listKnownAddresses: async ({ userId, limit, afterAddress }) => {
    const addresses = await deps.listKnownAddresses({
      userId: getUserId(userId),
      after: canonicalAddress(afterAddress),
      limit: getPageLimit(limit),
    })
    return { addresses: addresses.map(toKnownAddress) }
  },

  confirmSession: async ({ sessionId, userId, flaggedAt, ipAddress }) => {
    const id = parseSessionId(sessionId)
    const owner = getUserId(userId)
    if (id === undefined) return { confirmed: false }
    const confirmed = await deps.confirmSession({
      sessionId: id,
      userId: owner,
      flaggedAt: fromTimestamp(flaggedAt),
      ipAddress: canonicalAddress(ipAddress),
    })
    return { confirmed }
  },

  recordActivity: async ({ activities }) => {
    assertActivityCount(activities.length)
    await deps.recordActivity(activities.flatMap(toActivity))
    return {}
  },

  endSession: async ({ sessionId, reason, userId }) => {
    const id = parseSessionId(sessionId)
    const input = { reason: getReason(reason), ...(userId === '' ? {} : { userId: getUserId(userId) }) }
    const outcome = id === undefined ? 'not_found' : await deps.endSession({ ...input, id })
    return { ended: outcome === 'ended' }
  },

  endUserSessions: async ({ userId, exceptSessionId, belowCredentialVersion, reason }) => ({
    ended: await deps.endUserSessions({
      userId: getUserId(userId),
      except: getExceptedSession(exceptSessionId),
      belowCredentialVersion,
      reason: getReason(reason),
    }),
  }),
})
