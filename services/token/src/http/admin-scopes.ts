/** /admin/api/scopes and /admin/api/default-scopes. */
import { pathParameter, readJson } from '@latchkey/runtime/http'
import type { Logger } from '@latchkey/runtime/logger'
import { Problem, validationFailed } from '@latchkey/runtime/problem'
import { z } from 'zod'
import type { Scope } from '../domain/scope.ts'
import type { ManageScopes, ScopeRefusal } from '../usecases/manage-scopes.ts'
import type { AdminRoute } from './admin-access.ts'

export interface AdminScopesDeps {
  readonly manageScopes: ManageScopes
  readonly logger: Pick<Logger, 'info'>
}

const description = z
  .string({ error: 'must be text' })
  .min(1, 'must not be empty')
  .max(200, 'is too long')
  .regex(/^\P{Cc}*$/u, 'must not hold control characters')

const flag = z.boolean({ error: 'must be true or false' }).optional()

const newScopeBody = z.strictObject({
  name: z.string({ error: 'must be text' }),
  description: description.optional(),
  is_default: flag,
})

const scopePatchBody = z.strictObject({ description: description.optional(), is_default: flag, active: flag })

const defaultsBody = z.strictObject({ scopes: z.array(z.string()).max(100, 'has too many entries') })

const toScopeJson = ({ name, description: text, isDefault, isActive, isBuiltIn }: Scope) => ({
  name,
  description: text,
  is_default: isDefault,
  active: isActive,
  built_in: isBuiltIn,
})

const refusals = {
  unknown: () =>
    new Problem({ status: 404, code: 'SCOPE_NOT_FOUND', detail: 'There is no scope of this name' }),
  taken: () => new Problem({ status: 409, code: 'SCOPE_EXISTS', detail: 'There is a scope of this name' }),
  reserved: () =>
    new Problem({
      status: 409,
      code: 'SCOPE_RESERVED',
      detail: 'Scopes of the admin API can’t be made or changed',
    }),
  built_in: () =>
    new Problem({
      status: 409,
      code: 'SCOPE_BUILT_IN',
      detail: 'This scope comes with Latchkey; it can be made inactive, not deleted',
    }),
  malformed: () =>
    validationFailed([
      {
        field: 'name',
        message: 'must be 1 to 100 printable ASCII characters, without space, quotes and backslash',
        code: 'invalid_value',
      },
    ]),
} satisfies Record<ScopeRefusal, () => Problem>

export const createAdminScopeRoutes = ({ manageScopes, logger }: AdminScopesDeps): readonly AdminRoute[] => {
  const listDefaults = async () =>
    (await manageScopes.list()).filter(({ isDefault }) => isDefault).map(({ name }) => name)

  return [
    {
      method: 'GET',
      path: '/admin/api/scopes',
      scope: 'admin:scopes:read',
      handler: async (_req, res) => {
        res.json({ scopes: (await manageScopes.list()).map(toScopeJson) })
      },
    },
    {
      method: 'POST',
      path: '/admin/api/scopes',
      scope: 'admin:scopes:write',
      handler: async (req, res, admin) => {
        const body = await readJson(req, newScopeBody)
        const result = await manageScopes.create({
          name: body.name,
          description: body.description ?? body.name,
          isDefault: body.is_default ?? false,
        })
        if (result.outcome !== 'done') throw refusals[result.outcome]()
        logger.info({ scope: body.name, by: admin.clientId }, 'scope created')
        res.status(201).json(toScopeJson(result.scope))
      },
    },
    {
      method: 'GET',
      path: '/admin/api/scopes/:name',
      scope: 'admin:scopes:read',
      handler: async (req, res) => {
        const scope = await manageScopes.find(pathParameter(req, 'name'))
        if (scope === undefined) throw refusals.unknown()
        res.json(toScopeJson(scope))
      },
    },
    {
      method: 'PATCH',
      path: '/admin/api/scopes/:name',
      scope: 'admin:scopes:write',
      handler: async (req, res, admin) => {
        const { description: text, is_default, active } = await readJson(req, scopePatchBody)
        const name = pathParameter(req, 'name')
        const result = await manageScopes.update(name, {
          description: text,
          isDefault: is_default,
          isActive: active,
        })
        if (result.outcome !== 'done') throw refusals[result.outcome]()
        logger.info({ scope: name, by: admin.clientId }, 'scope updated')
        res.json(toScopeJson(result.scope))
      },
    },
    {
      method: 'DELETE',
      path: '/admin/api/scopes/:name',
      scope: 'admin:scopes:write',
      handler: async (req, res, admin) => {
        const name = pathParameter(req, 'name')
        const outcome = await manageScopes.delete(name)
        if (outcome !== 'deleted') throw refusals[outcome]()
        logger.info({ scope: name, by: admin.clientId }, 'scope deleted')
        res.status(204).end()
      },
    },
    {
      method: 'GET',
      path: '/admin/api/default-scopes',
      scope: 'admin:scopes:read',
      handler: async (_req, res) => {
        res.json({ scopes: await listDefaults() })
      },
    },
    {
      method: 'PUT',
      path: '/admin/api/default-scopes',
      scope: 'admin:scopes:write',
      handler: async (req, res, admin) => {
        const { scopes } = await readJson(req, defaultsBody)
        const wrong = await manageScopes.setDefaults(scopes)
        if (wrong.length > 0)
          throw validationFailed(
            wrong.map(name => ({
              field: `scopes.${scopes.indexOf(name)}`,
              message: 'must be the name of a scope that users can grant',
              code: 'unknown_scope',
            })),
          )
        logger.info({ scopes, by: admin.clientId }, 'default scopes changed')
        res.json({ scopes: await listDefaults() })
      },
    },
  ]
}
