/** Members of an organization. */
import { pageOf, pageQueryOf, pathParameter, type Request, readJson, readQuery } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import type { Logger } from '@latchkey/runtime/logger'
import { z } from 'zod'
import type { UserId } from '../domain/ids.ts'
import type { ManageMembers } from '../usecases/manage-members.ts'
import { memberJson } from './organization-json.ts'
import { membershipRefusals } from './organization-refusals.ts'
import { memberRoles, type OrganizationRoute, organizationIdOf } from './within-organization.ts'

export interface MemberRoutesDeps {
  readonly manageMembers: ManageMembers
  readonly logger: Pick<Logger, 'info'>
}

const body = z.strictObject({ roles: memberRoles })
const query = pageQueryOf(isUuid).omit({ search: true })

const userIdOf = (req: Request): UserId => {
  const id = pathParameter(req, 'user')
  if (!isUuid(id)) throw membershipRefusals.unknown_user()
  return id.toLowerCase() as UserId
}

export const createMemberRoutes = ({
  manageMembers,
  logger,
}: MemberRoutesDeps): readonly OrganizationRoute[] => [
  {
    method: 'GET',
    path: '/members',
    writes: false,
    handler: async (req, res, actor) => {
      const { limit, cursor: after } = readQuery(req, query)
      const page = { organizationId: organizationIdOf(req), limit: limit + 1, after }
      const found = await manageMembers.list(actor, page)
      if (typeof found === 'string') throw membershipRefusals[found]()
      const { items, next } = pageOf(found, limit)
      res.json({ members: items.map(memberJson), ...next })
    },
  },
  {
    method: 'PUT',
    path: '/members/:user',
    writes: true,
    handler: async (req, res, actor, by) => {
      const change = { actor, organizationId: organizationIdOf(req), userId: userIdOf(req) }
      const { roles } = await readJson(req, body)
      const outcome = await manageMembers.put({ ...change, roles })
      if (outcome !== 'done') throw membershipRefusals[outcome]()
      const about = { organization_id: change.organizationId, user_id: change.userId, roles }
      logger.info({ ...about, ...by }, 'member of an organization changed')
      res.status(204).end()
    },
  },
  {
    method: 'DELETE',
    path: '/members/:user',
    writes: true,
    handler: async (req, res, actor, by) => {
      const [organizationId, userId] = [organizationIdOf(req), userIdOf(req)]
      const outcome = await manageMembers.remove(actor, organizationId, userId)
      if (outcome !== 'done') throw membershipRefusals[outcome]()
      const about = { organization_id: organizationId, user_id: userId }
      logger.info({ ...about, ...by }, 'member of an organization removed')
      res.status(204).end()
    },
  },
]
