/**
 * Members and invitations of an organization, below whatever path it has: one for operators, one for owners. Who is asked
 * for is decided below; here it only matters who asks.
 */
import {
  pageOf,
  pageQueryOf,
  pathParameter,
  type Request,
  type Response,
  type Route,
  readJson,
  readQuery,
  requestIp,
} from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import type { Logger } from '@latchkey/runtime/logger'
import { z } from 'zod'
import type { OrganizationId, UserId } from '../domain/ids.ts'
import type { Actor } from '../domain/organization.ts'
import { parseRoleName, rolesPerUser } from '../domain/role.ts'
import type { InviteMember } from '../usecases/invite-member.ts'
import type { ManageInvitations } from '../usecases/manage-invitations.ts'
import type { ManageMembers } from '../usecases/manage-members.ts'
import { invitationJson, memberJson } from './answers.ts'
import { preferredLocale } from './locale.ts'
import { membershipRefusals, organizationRefusals } from './organization-refusals.ts'
import { checkedBy, email } from './schemas.ts'

export interface MemberRoutesDeps {
  readonly manageMembers: ManageMembers
  readonly inviteMember: InviteMember
  readonly manageInvitations: ManageInvitations
  readonly logger: Pick<Logger, 'info'>
}

export interface MemberRoute extends Pick<Route, 'method'> {
  /** Below the organization's own path. */
  readonly path: string
  readonly writes: boolean
  /** @param by who asks, for the log */
  readonly handler: (req: Request, res: Response, actor: Actor, by: object) => Promise<void>
}

const roles = z
  .array(z.string({ error: 'must be text' }).transform(checkedBy(parseRoleName)), { error: 'must be a list' })
  .max(rolesPerUser, `must have at most ${rolesPerUser} entries`)
  .transform(list => [...new Set(list)])
  .default([])

const memberBody = z.strictObject({ roles })
const invitationBody = z.strictObject({
  email,
  roles,
  locale: z
    .string()
    .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a language like de or fr-CA')
    .optional(),
})
const query = pageQueryOf(isUuid).omit({ search: true })

/** @throws Problem 404: nobody has an organization of an id that is none */
export const organizationIdOf = (req: Request): OrganizationId => {
  const id = pathParameter(req, 'id')
  if (!isUuid(id)) throw organizationRefusals.unknown()
  return id.toLowerCase() as OrganizationId
}

const userIdOf = (req: Request): UserId => {
  const id = pathParameter(req, 'user')
  if (!isUuid(id)) throw membershipRefusals.unknown_user()
  return id.toLowerCase() as UserId
}

export const createMemberRoutes = (deps: MemberRoutesDeps): readonly MemberRoute[] => {
  const { manageMembers, inviteMember, manageInvitations, logger } = deps
  return [
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
        const body = await readJson(req, memberBody)
        const outcome = await manageMembers.put({ ...change, ...body })
        if (outcome !== 'done') throw membershipRefusals[outcome]()
        const about = { organization_id: change.organizationId, user_id: change.userId, roles: body.roles }
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
    {
      method: 'GET',
      path: '/invitations',
      writes: false,
      handler: async (req, res, actor) => {
        const found = await manageInvitations.list(actor, organizationIdOf(req))
        if (typeof found === 'string') throw membershipRefusals[found]()
        res.json({ invitations: found.map(invitationJson) })
      },
    },
    {
      method: 'POST',
      path: '/invitations',
      writes: true,
      handler: async (req, res, actor, by) => {
        const organizationId = organizationIdOf(req)
        const body = await readJson(req, invitationBody)
        const locale = body.locale ?? preferredLocale(req.headers['accept-language'])
        const askedFrom = actor.kind === 'user' ? requestIp(req) : ''
        const made = await inviteMember({ ...body, actor, organizationId, locale, askedFrom })
        if (typeof made === 'string')
          throw made === 'too_many' ? organizationRefusals.too_many_invitations() : membershipRefusals[made]()
        logger.info({ organization_id: organizationId, invitation_id: made.id, ...by }, 'member invited')
        res.status(201).json(invitationJson(made))
      },
    },
    {
      method: 'DELETE',
      path: '/invitations/:invitation',
      writes: true,
      handler: async (req, res, actor, by) => {
        const [organizationId, id] = [organizationIdOf(req), pathParameter(req, 'invitation')]
        const outcome = isUuid(id) ? await manageInvitations.withdraw(actor, organizationId, id) : 'unknown'
        if (outcome === 'unknown') throw organizationRefusals.unknown_invitation()
        if (outcome !== 'withdrawn') throw membershipRefusals[outcome]()
        logger.info({ organization_id: organizationId, invitation_id: id, ...by }, 'invitation withdrawn')
        res.status(204).end()
      },
    },
  ]
}
