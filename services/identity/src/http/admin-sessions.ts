/**
 * /admin/api/sessions: where a user is signed in, one session and its end, and why sessions ended. The sessions are the
 * session service's; they are served here because the token service, which judges operators' bearers, stands between.
 */
import { pageOf, pageQueryOf, pathParameter, readQuery } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import type { Logger } from '@latchkey/runtime/logger'
import { Problem, validationFailed } from '@latchkey/runtime/problem'
import { z } from 'zod'
import { type EmailKey, emailKeyOf, parseEmailAddress } from '../domain/email-address.ts'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { ListedSession } from '../domain/listed-session.ts'
import type { Termination, TerminationPage } from '../domain/termination.ts'
import type { User } from '../domain/user.ts'
import type { AdminRoute } from './admin-access.ts'
import { orUnknownUser } from './admin-users.ts'

export interface AdminSessionsDeps {
  readonly users: { findByEmail(emailKey: EmailKey): Promise<User | undefined> }
  readonly sessions: {
    list(userId: UserId): Promise<readonly ListedSession[]>
    find(id: SessionId): Promise<(ListedSession & { readonly userId: UserId }) | undefined>
    listTerminations(page: TerminationPage): Promise<readonly Termination[]>
    /** False where there is none to end. */
    endForOperator(id: SessionId): Promise<boolean>
  }
  readonly logger: Pick<Logger, 'info'>
}

const sessionJson = (session: ListedSession) => ({
  id: session.id,
  created_at: session.createdAt.toISOString(),
  last_accessed: session.lastAccessedAt.toISOString(),
  expires_at: session.expiresAt.toISOString(),
  ip_address: session.ipAddress || null,
  user_agent: session.userAgent,
  device: session.device,
  active: session.isActive,
  review_until: session.review?.until.toISOString() ?? null,
})

const terminationJson = (termination: Termination) => ({
  session_id: termination.sessionId,
  user_id: termination.userId,
  reason: termination.reason,
  original_ip: termination.originalIp || null,
  new_ip: termination.newIp || null,
  at: termination.at.toISOString(),
})

const unknownSession = () =>
  new Problem({ status: 404, code: 'SESSION_NOT_FOUND', detail: 'There is no session of this id' })

const user = z.string().max(320, 'is too long')
const terminationQuery = pageQueryOf(isUuid).omit({ search: true }).extend({ user: user.optional() })

const read = 'admin:sessions:read'
const write = 'admin:sessions:write'

export const createAdminSessionRoutes = ({
  users,
  sessions,
  logger,
}: AdminSessionsDeps): readonly AdminRoute[] => {
  /** By their id or their address. An id is not looked up: of who is gone, the ends are still there. */
  const userIdOf = async (text: string): Promise<UserId> => {
    if (isUuid(text)) return text as UserId
    const address = parseEmailAddress(text)
    const found =
      address.outcome === 'accepted' ? await users.findByEmail(emailKeyOf(address.value)) : undefined
    return orUnknownUser(found).id
  }

  return [
    {
      method: 'GET',
      path: '/admin/api/sessions',
      scope: read,
      handler: async (req, res) => {
        const query = readQuery(req, z.object({ user: user.optional() }))
        if (query.user === undefined)
          throw validationFailed([
            { field: 'user', message: 'is required: an id or an address', code: 'required' },
          ])
        const found = await sessions.list(await userIdOf(query.user))
        res.json({ sessions: found.map(sessionJson), total: found.length })
      },
    },
    {
      method: 'GET',
      path: '/admin/api/sessions/terminations',
      scope: read,
      handler: async (req, res) => {
        const { limit, cursor, user: named } = readQuery(req, terminationQuery)
        const userId = named === undefined ? undefined : await userIdOf(named)
        const before = cursor && { at: cursor.createdAt, sessionId: cursor.id as SessionId }
        const found = await sessions.listTerminations({ userId, before, limit: limit + 1 })
        const positions = found.map(each => ({ ...each, id: each.sessionId, createdAt: each.at }))
        const { items, next } = pageOf(positions, limit)
        res.json({ terminations: items.map(terminationJson), ...next })
      },
    },
    {
      method: 'GET',
      path: '/admin/api/sessions/:id',
      scope: read,
      handler: async (req, res) => {
        const id = pathParameter(req, 'id')
        const found = isUuid(id) ? await sessions.find(id as SessionId) : undefined
        if (found === undefined) throw unknownSession()
        res.json({ ...sessionJson(found), user_id: found.userId })
      },
    },
    {
      method: 'DELETE',
      path: '/admin/api/sessions/:id',
      scope: write,
      handler: async (req, res, admin) => {
        const id = pathParameter(req, 'id')
        if (!isUuid(id) || !(await sessions.endForOperator(id as SessionId))) throw unknownSession()
        logger.info({ session_id: id, by: admin.clientId }, 'session ended by an operator')
        res.status(204).end()
      },
    },
  ]
}
