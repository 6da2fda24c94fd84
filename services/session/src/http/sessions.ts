/** GET /auth/sessions, DELETE /auth/sessions, DELETE /auth/sessions/{id}. */
import type { Authenticate } from '@latchkey/contracts'
import { pathParameter, type Route } from '@latchkey/runtime/http'
import { notFound } from '@latchkey/runtime/problem'
import { deviceLabel } from '../domain/device-label.ts'
import { parseSessionId, type SessionId } from '../domain/ids.ts'
import { expiresAtOf, isActive } from '../domain/lifetime.ts'
import type { Session } from '../domain/session.ts'
import type { EndSession } from '../usecases/end-session.ts'
import type { EndUserSessions } from '../usecases/end-user-sessions.ts'
import type { ListSessions } from '../usecases/list-sessions.ts'

export interface SessionRoutesDeps {
  authenticate: Authenticate
  listSessions: ListSessions
  endSession: EndSession
  endUserSessions: EndUserSessions
  now: () => Date
}

const toJson = (session: Session, current: SessionId, now: Date) => ({
  id: session.id,
  created_at: session.createdAt.toISOString(),
  last_accessed: session.lastAccessedAt.toISOString(),
  expires_at: expiresAtOf(session).toISOString(),
  ip_address: session.ipAddress ?? null,
  user_agent: session.userAgent,
  device: deviceLabel(session.userAgent),
  current: session.id === current,
  active: isActive(session, now),
  // A member of those alone that are under review.
  ...(session.review !== undefined && {
    review: { reason: session.review.reason, until: session.review.until.toISOString() },
  }),
})

export const createSessionRoutes = (deps: SessionRoutesDeps): readonly Route[] => [
  {
    method: 'GET',
    path: '/auth/sessions',
    handler: async (req, res) => {
      const { userId, sessionId } = await deps.authenticate(req)
      const sessions = await deps.listSessions(userId)
      const now = deps.now()
      res.set('Cache-Control', 'no-store').json({
        sessions: sessions.map(session => toJson(session, sessionId, now)),
        total: sessions.length,
      })
    },
  },
  {
    method: 'DELETE',
    path: '/auth/sessions',
    handler: async (req, res) => {
      const { userId, sessionId } = await deps.authenticate(req)
      const ended = await deps.endUserSessions({
        userId,
        except: sessionId,
        belowCredentialVersion: 0,
        reason: 'ended_by_user',
      })
      res.json({ ended })
    },
  },
  {
    method: 'DELETE',
    path: '/auth/sessions/:id',
    handler: async (req, res) => {
      const { userId, sessionId, token } = await deps.authenticate(req)
      const id = parseSessionId(pathParameter(req, 'id'))
      const outcome =
        id === undefined
          ? 'not_found'
          : await deps.endSession({
              id,
              userId,
              reason: 'ended_by_user',
              ...(id === sessionId ? { token } : {}),
            })
      if (outcome === 'not_found') throw notFound('There is no such session')
      res.status(204).end()
    },
  },
]
