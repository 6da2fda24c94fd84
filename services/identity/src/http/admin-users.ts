/** /admin/api/users. */
import { pageOf, pathParameter, type Request, readJson, readQuery } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import type { Logger } from '@latchkey/runtime/logger'
import { Problem } from '@latchkey/runtime/problem'
import type { UserId } from '../domain/ids.ts'
import type { CreateUser } from '../usecases/create-user.ts'
import type { ManageUsers } from '../usecases/manage-users.ts'
import type { AdminRoute } from './admin-access.ts'
import type { AdminUserSchemas } from './admin-user-schemas.ts'
import { managedUserJson } from './answers.ts'
import { preferredLocale } from './locale.ts'
import { refusals } from './refusals.ts'

export interface AdminUsersDeps {
  readonly schemas: AdminUserSchemas
  readonly manageUsers: ManageUsers
  readonly createUser: CreateUser
  readonly logger: Pick<Logger, 'info'>
}

export const unknownUser = () =>
  new Problem({ status: 404, code: 'USER_NOT_FOUND', detail: 'There is no such user' })

/** @throws Problem 404 where it is none: then nobody has it */
export const userIdOf = (req: Request): UserId => {
  const id = pathParameter(req, 'id')
  if (!isUuid(id)) throw unknownUser()
  return id as UserId
}

export const orUnknownUser = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw unknownUser()
  return value
}

const read = 'admin:users:read'
const write = 'admin:users:write'

export const createAdminUserRoutes = (deps: AdminUsersDeps): readonly AdminRoute[] => {
  const { schemas, manageUsers, createUser, logger } = deps
  return [
    {
      method: 'GET',
      path: '/admin/api/users',
      scope: read,
      handler: async (req, res) => {
        const { limit, cursor: after, search, email: emailKey, state } = readQuery(req, schemas.query)
        const found = await manageUsers.list({ limit: limit + 1, after, search, emailKey, state })
        const { items, next } = pageOf(found, limit)
        res.json({ users: items.map(managedUserJson), ...next })
      },
    },
    {
      method: 'POST',
      path: '/admin/api/users',
      scope: write,
      handler: async (req, res, admin) => {
        const { email, name, metadata, email_verified, password } = await readJson(req, schemas.create)
        const input = { email, name, metadata, password, isEmailVerified: email_verified }
        const result = await createUser(input)
        if (result.outcome === 'email_exists') throw refusals.email_exists()
        if (result.outcome === 'password_refused')
          throw refusals.password_refused('password', result.violations)
        logger.info({ user_id: result.id, by: admin.clientId }, 'user created')
        res
          .status(201)
          .setHeader('Location', `/admin/api/users/${result.id}`)
          .json(managedUserJson(orUnknownUser(await manageUsers.find(result.id))))
      },
    },
    {
      method: 'GET',
      path: '/admin/api/users/:id',
      scope: read,
      handler: async (req, res) => {
        res.json(managedUserJson(orUnknownUser(await manageUsers.find(userIdOf(req)))))
      },
    },
    {
      method: 'PATCH',
      path: '/admin/api/users/:id',
      scope: write,
      handler: async (req, res, admin) => {
        const { name, metadata, email_verified, disabled } = await readJson(req, schemas.change)
        const change = { name, metadata, isEmailVerified: email_verified, isDisabled: disabled }
        const user = orUnknownUser(await manageUsers.update(userIdOf(req), change))
        logger.info({ user_id: user.id, by: admin.clientId, disabled }, 'user updated')
        res.json(managedUserJson(user))
      },
    },
    {
      method: 'DELETE',
      path: '/admin/api/users/:id',
      scope: write,
      handler: async (req, res, admin) => {
        const id = userIdOf(req)
        if (!(await manageUsers.delete(id))) throw unknownUser()
        logger.info({ user_id: id, by: admin.clientId }, 'user deleted')
        res.status(204).end()
      },
    },
    {
      method: 'POST',
      path: '/admin/api/users/:id/unlock',
      scope: write,
      handler: async (req, res, admin) => {
        const user = orUnknownUser(await manageUsers.unlock(userIdOf(req)))
        logger.info({ user_id: user.id, by: admin.clientId }, 'user unlocked')
        res.json(managedUserJson(user))
      },
    },
    {
      method: 'POST',
      path: '/admin/api/users/:id/reset-mfa',
      scope: write,
      handler: async (req, res, admin) => {
        const user = orUnknownUser(await manageUsers.resetSecondFactors(userIdOf(req)))
        logger.info({ user_id: user.id, by: admin.clientId }, 'second factors removed')
        res.json(managedUserJson(user))
      },
    },
    {
      method: 'POST',
      path: '/admin/api/users/:id/reset-password',
      scope: write,
      handler: async (req, res, admin) => {
        const locale = preferredLocale(req.headers['accept-language'])
        const user = orUnknownUser(await manageUsers.resetPassword(userIdOf(req), locale))
        logger.info({ user_id: user.id, by: admin.clientId }, 'password reset mail requested')
        res.status(202).json({ message: 'A reset link is on its way to the address of this account' })
      },
    },
  ]
}
