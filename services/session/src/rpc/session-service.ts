/** latchkey.session.v1.SessionService: proto in, use case, proto out. */
import { type Activity__Output, fromTimestamp, type SessionHandlers, toTimestamp } from '@latchkey/contracts'
import { cleanUserAgent, parseAddress } from '../domain/client.ts'
import { parseSessionId } from '../domain/ids.ts'
import { expiresAtOf } from '../domain/lifetime.ts'
import type { Activity, Session } from '../domain/session.ts'
import { refusal } from '../errors.ts'
import type { CreateSessionInput } from '../usecases/create-session.ts'
import type { EndSession } from '../usecases/end-session.ts'
import type { EndUserSessions } from '../usecases/end-user-sessions.ts'
import type { FindSession } from '../usecases/find-session.ts'
import { assertActivityCount, getDeviceId, getExceptedSession, getReason, getUserId } from './fields.ts'

export interface SessionServiceDeps {
  createSession: (input: CreateSessionInput) => Promise<Session>
  findSession: FindSession
  recordActivity: (activities: readonly Activity[]) => Promise<void>
  endSession: EndSession
  endUserSessions: EndUserSessions
}

const toActivity = (activity: Activity__Output): Activity[] => {
  const sessionId = parseSessionId(activity.sessionId)
  const at = fromTimestamp(activity.at)
  if (sessionId === undefined || at === undefined || Number.isNaN(at.getTime())) return []
  return [{ sessionId, at, ipAddress: parseAddress(activity.ipAddress) }]
}

export const createSessionService = (deps: SessionServiceDeps): SessionHandlers => ({
  createSession: async request => {
    const session = await deps.createSession({
      userId: getUserId(request.userId),
      deviceId: getDeviceId(request.deviceId),
      deviceKnown: request.deviceKnown,
      client: {
        userAgent: cleanUserAgent(request.userAgent),
        ipAddress: parseAddress(request.ipAddress),
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
    }
  },

  recordActivity: async ({ activities }) => {
    assertActivityCount(activities.length)
    await deps.recordActivity(activities.flatMap(toActivity))
    return {}
  },

  endSession: async ({ sessionId, reason }) => {
    const input = { id: parseSessionId(sessionId), reason: getReason(reason) }
    if (input.id !== undefined) await deps.endSession({ ...input, id: input.id })
    return {}
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
