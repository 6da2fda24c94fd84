/** /admin/api/organizations. */
import { pageOf, pageQueryOf, readJson, readQuery } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import type { Logger } from '@latchkey/runtime/logger'
import { z } from 'zod'
import { operatorActor, parseOrganizationSlug } from '../domain/organization.ts'
import { emptyMetadata } from '../domain/user-metadata.ts'
import type { ManageOrganizations, OrganizationOutcome } from '../usecases/manage-organizations.ts'
import type { AdminRoute } from './admin-access.ts'
import { createInvitationRoutes, type InvitationRoutesDeps } from './organization-invitations.ts'
import { organizationJson } from './organization-json.ts'
import { createMemberRoutes, type MemberRoutesDeps } from './organization-members.ts'
import { organizationRefusals } from './organization-refusals.ts'
import { checkedBy, metadata, name } from './schemas.ts'
import { organizationIdOf } from './within-organization.ts'

export interface AdminOrganizationsDeps extends MemberRoutesDeps, InvitationRoutesDeps {
  readonly manageOrganizations: ManageOrganizations
  readonly logger: Pick<Logger, 'info'>
}

const slug = z.string({ error: 'must be text' }).transform(checkedBy(parseOrganizationSlug))

const newOrganizationBody = z.strictObject({ slug, name, metadata: metadata.default(emptyMetadata) })
const organizationPatchBody = z.strictObject({
  slug: slug.optional(),
  name: name.optional(),
  metadata: metadata.optional(),
})
const query = pageQueryOf(isUuid).extend({ slug: z.string().max(100, 'is too long').optional() })

const done = (result: OrganizationOutcome) => {
  if (result.outcome === 'unknown') throw organizationRefusals.unknown()
  if (result.outcome === 'slug_taken') throw organizationRefusals.slug_taken()
  return result.organization
}

const base = '/admin/api/organizations'
const read = 'admin:users:read'
const write = 'admin:users:write'

export const createAdminOrganizationRoutes = (deps: AdminOrganizationsDeps): readonly AdminRoute[] => {
  const { manageOrganizations, logger } = deps
  return [
    {
      method: 'GET',
      path: base,
      scope: read,
      handler: async (req, res) => {
        const { limit, cursor: after, search, slug: wanted } = readQuery(req, query)
        const found = await manageOrganizations.list({
          limit: limit + 1,
          after,
          search,
          slug: wanted?.toLowerCase(),
        })
        const { items, next } = pageOf(found, limit)
        res.json({ organizations: items.map(organizationJson), ...next })
      },
    },
    {
      method: 'POST',
      path: base,
      scope: write,
      handler: async (req, res, admin) => {
        const organization = done(await manageOrganizations.create(await readJson(req, newOrganizationBody)))
        logger.info({ organization_id: organization.id, by: admin.clientId }, 'organization created')
        res
          .status(201)
          .setHeader('Location', `${base}/${organization.id}`)
          .json(organizationJson(organization))
      },
    },
    {
      method: 'GET',
      path: `${base}/:id`,
      scope: read,
      handler: async (req, res) => {
        const organization = await manageOrganizations.find(organizationIdOf(req))
        if (organization === undefined) throw organizationRefusals.unknown()
        res.json(organizationJson(organization))
      },
    },
    {
      method: 'PATCH',
      path: `${base}/:id`,
      scope: write,
      handler: async (req, res, admin) => {
        const id = organizationIdOf(req)
        const organization = done(
          await manageOrganizations.update(id, await readJson(req, organizationPatchBody)),
        )
        logger.info({ organization_id: id, by: admin.clientId }, 'organization updated')
        res.json(organizationJson(organization))
      },
    },
    {
      method: 'DELETE',
      path: `${base}/:id`,
      scope: write,
      handler: async (req, res, admin) => {
        const id = organizationIdOf(req)
        if (!(await manageOrganizations.delete(id))) throw organizationRefusals.unknown()
        logger.info({ organization_id: id, by: admin.clientId }, 'organization deleted')
        res.status(204).end()
      },
    },
    ...[...createMemberRoutes(deps), ...createInvitationRoutes(deps)].map(
      ({ method, path, writes, handler }): AdminRoute => ({
        method,
        path: `${base}/:id${path}`,
        scope: writes ? write : read,
        handler: (req, res, admin) => handler(req, res, operatorActor, { by: admin.clientId }),
      }),
    ),
  ]
}
