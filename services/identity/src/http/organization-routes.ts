/** /auth/organizations: what members see of theirs, and what owners do in them. Of others nothing is said: 404. */
import type { Authenticate } from '@latchkey/contracts'
import { type Route, readJson } from '@latchkey/runtime/http'
import { z } from 'zod'
import type { UserId } from '../domain/ids.ts'
import type { OwnOrganization } from '../domain/organization.ts'
import type { AcceptInvitation } from '../usecases/accept-invitation.ts'
import { createInvitationRoutes, type InvitationRoutesDeps } from './organization-invitations.ts'
import { createMemberRoutes, type MemberRoutesDeps } from './organization-members.ts'
import { organizationRefusals } from './organization-refusals.ts'

export interface OrganizationRoutesDeps extends MemberRoutesDeps, InvitationRoutesDeps {
  readonly authenticate: Authenticate
  readonly listOwnOrganizations: (userId: UserId) => Promise<readonly OwnOrganization[]>
  readonly acceptInvitation: AcceptInvitation
}

const acceptanceBody = z.strictObject({ token: z.string().min(1).max(512) })

export const createOrganizationRoutes = (deps: OrganizationRoutesDeps): readonly Route[] => [
  {
    method: 'GET',
    path: '/auth/organizations',
    handler: async (req, res) => {
      const { userId } = await deps.authenticate(req)
      res.json({ organizations: await deps.listOwnOrganizations(userId) })
    },
  },
  {
    method: 'POST',
    path: '/auth/invitations/accept',
    handler: async (req, res) => {
      const { userId } = await deps.authenticate(req)
      const { token } = await readJson(req, acceptanceBody)
      const accepted = await deps.acceptInvitation({ rawToken: token }, userId)
      if (accepted.outcome === 'invalid') throw organizationRefusals.invalid_invitation()
      if (accepted.outcome === 'wrong_account') throw organizationRefusals.wrong_account()
      if (accepted.outcome === 'too_many') throw organizationRefusals.too_many_organizations()
      const { organizationId: id, organizationName: name } = accepted
      deps.logger.info({ organization_id: id, user_id: userId }, 'invitation accepted')
      res.json({ organization: { id, name } })
    },
  },
  ...[...createMemberRoutes(deps), ...createInvitationRoutes(deps)].map(
    ({ method, path, handler }): Route => ({
      method,
      path: `/auth/organizations/:id${path}`,
      handler: async (req, res) => {
        const { userId } = await deps.authenticate(req)
        await handler(req, res, { kind: 'user', userId }, { by_user: userId })
      },
    }),
  ),
]
