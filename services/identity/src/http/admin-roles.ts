/** /admin/api/roles, and /admin/api/users/{id}/roles. */
import { pathParameter, type Request, readJson, readQuery } from '@latchkey/runtime/http'
import type { Logger } from '@latchkey/runtime/logger'
import { Problem } from '@latchkey/runtime/problem'
import { z } from 'zod'
import {
  parsePermission,
  parseRoleName,
  permissionsPerRole,
  type Role,
  type RoleName,
  roleKinds,
} from '../domain/role.ts'
import type { ManageRoles } from '../usecases/manage-roles.ts'
import type { AdminRoute } from './admin-access.ts'
import { unknownUser, userIdOf } from './admin-users.ts'
import { refusals } from './refusals.ts'
import { checkedBy, flag } from './schemas.ts'

export interface AdminRolesDeps {
  readonly manageRoles: ManageRoles
  readonly logger: Pick<Logger, 'info'>
}

const description = z
  .string({ error: 'must be text' })
  .max(200, 'is too long')
  .regex(/^\P{Cc}*$/u, 'must not hold control characters')
  .refine(text => text.isWellFormed(), 'must be valid Unicode')
const permissions = z
  .array(z.string({ error: 'must be text' }).transform(checkedBy(parsePermission)), {
    error: 'must be a list',
  })
  .max(permissionsPerRole, `must have at most ${permissionsPerRole} entries`)
  .transform(list => [...new Set(list)])

const newRoleBody = z.strictObject({
  name: z.string({ error: 'must be text' }).transform(checkedBy(parseRoleName)),
  kind: z.enum(roleKinds, { error: `must be ${roleKinds.join(' or ')}` }).default('user'),
  description: description.default(''),
  permissions: permissions.default([]),
  require_mfa: flag.default(false),
})
const rolePatchBody = z.strictObject({
  description: description.optional(),
  permissions: permissions.optional(),
  require_mfa: flag.optional(),
})
const deletionQuery = z.object({
  cascade: z.enum(['true', 'false'], { error: 'must be true or false' }).default('false'),
})

const roleJson = (role: Role) => ({
  name: role.name,
  kind: role.kind,
  description: role.description,
  permissions: role.permissions,
  require_mfa: role.requiresSecondFactor,
  built_in: role.isBuiltIn,
  holders: role.holders,
  created_at: role.createdAt.toISOString(),
  updated_at: role.updatedAt.toISOString(),
})

/** Nobody has a role of a name that none can have: stores are asked about the others. */
const roleNameOf = (req: Request, parameter = 'name'): RoleName => {
  const name = parseRoleName(pathParameter(req, parameter))
  if (name.outcome === 'refused') throw refusals.unknown_role()
  return name.value
}

const orUnknown = (role: Role | undefined): Role => {
  if (role === undefined) throw refusals.unknown_role()
  return role
}

const read = 'admin:users:read'
const write = 'admin:users:write'

export const createAdminRoleRoutes = ({ manageRoles, logger }: AdminRolesDeps): readonly AdminRoute[] => [
  {
    method: 'GET',
    path: '/admin/api/roles',
    scope: read,
    handler: async (_req, res) => void res.json({ roles: (await manageRoles.list()).map(roleJson) }),
  },
  {
    method: 'POST',
    path: '/admin/api/roles',
    scope: write,
    handler: async (req, res, admin) => {
      const { require_mfa, ...body } = await readJson(req, newRoleBody)
      const role = await manageRoles.create({ ...body, requiresSecondFactor: require_mfa })
      if (role === undefined)
        throw new Problem({ status: 409, code: 'ROLE_EXISTS', detail: 'There is a role of this name' })
      logger.info({ role: role.name, by: admin.clientId }, 'role created')
      const location = `/admin/api/roles/${encodeURIComponent(role.name)}`
      res.status(201).setHeader('Location', location).json(roleJson(role))
    },
  },
  {
    method: 'GET',
    path: '/admin/api/roles/:name',
    scope: read,
    handler: async (req, res) => void res.json(roleJson(orUnknown(await manageRoles.find(roleNameOf(req))))),
  },
  {
    method: 'PATCH',
    path: '/admin/api/roles/:name',
    scope: write,
    handler: async (req, res, admin) => {
      const { require_mfa, ...body } = await readJson(req, rolePatchBody)
      const change = { ...body, requiresSecondFactor: require_mfa }
      const role = orUnknown(await manageRoles.update(roleNameOf(req), change))
      logger.info({ role: role.name, by: admin.clientId }, 'role updated')
      res.json(roleJson(role))
    },
  },
  {
    method: 'DELETE',
    path: '/admin/api/roles/:name',
    scope: write,
    handler: async (req, res, admin) => {
      const { cascade } = readQuery(req, deletionQuery)
      const name = roleNameOf(req)
      const deletion = await manageRoles.delete(name, cascade === 'true')
      if (deletion.outcome === 'unknown') throw refusals.unknown_role()
      if (deletion.outcome === 'built_in') throw refusals.role_built_in()
      if (deletion.outcome === 'in_use') throw refusals.role_in_use(deletion)
      logger.info({ role: name, by: admin.clientId }, 'role deleted')
      res.status(204).end()
    },
  },
  {
    method: 'GET',
    path: '/admin/api/users/:id/roles',
    scope: read,
    handler: async (req, res) => {
      const roles = await manageRoles.listOf(userIdOf(req))
      if (roles === undefined) throw unknownUser()
      res.json({ roles })
    },
  },
  {
    method: 'PUT',
    path: '/admin/api/users/:id/roles/:role',
    scope: write,
    handler: async (req, res, admin) => {
      const userId = userIdOf(req)
      const role = roleNameOf(req, 'role')
      const assignment = await manageRoles.assign(userId, role)
      if (assignment === 'unknown_user') throw unknownUser()
      if (assignment === 'unknown_role') throw refusals.unknown_role()
      if (assignment === 'too_many') throw refusals.too_many_roles()
      logger.info({ user_id: userId, role, by: admin.clientId }, 'role assigned')
      res.status(204).end()
    },
  },
  {
    method: 'DELETE',
    path: '/admin/api/users/:id/roles/:role',
    scope: write,
    handler: async (req, res, admin) => {
      const userId = userIdOf(req)
      const role = roleNameOf(req, 'role')
      if (!(await manageRoles.revoke(userId, role))) throw unknownUser()
      logger.info({ user_id: userId, role, by: admin.clientId }, 'role revoked')
      res.status(204).end()
    },
  },
]
