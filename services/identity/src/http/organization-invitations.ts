/** Invitations into an organization, as those who invite see them. */
import { pathParameter, readJson, requestIp } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import type { Logger } from '@latchkey/runtime/logger'
import { z } from 'zod'
import type { InviteMember } from '../usecases/invite-member.ts'
import type { ManageInvitations } from '../usecases/manage-invitations.ts'
import { preferredLocale } from './locale.ts'
import { invitationJson } from './organization-json.ts'
import { membershipRefusals, organizationRefusals } from './organization-refusals.ts'
import { email } from './schemas.ts'
import { memberRoles, type OrganizationRoute, organizationIdOf } from './within-organization.ts'

export interface InvitationRoutesDeps {
  readonly inviteMember: InviteMember
  readonly manageInvitations: ManageInvitations
  readonly logger: Pick<Logger, 'info'>
}

const body = z.strictObject({
  email,
  roles: memberRoles,
  locale: z
    .string()
    .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a language like de or fr-CA')
    .optional(),
})

export const createInvitationRoutes = (deps: InvitationRoutesDeps): readonly OrganizationRoute[] => {
  const { inviteMember, manageInvitations, logger } = deps
  return [
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
        const input = await readJson(req, body)
        const locale = input.locale ?? preferredLocale(req.headers['accept-language'])
        const askedFrom = actor.kind === 'user' ? requestIp(req) : ''
        const made = await inviteMember({ ...input, actor, organizationId, locale, askedFrom })
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
