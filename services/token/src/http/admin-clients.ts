/** /admin/api/clients. */
import {
  pageOf,
  pageQueryOf,
  pathParameter,
  type Response,
  readJson,
  readQuery,
} from '@latchkey/runtime/http'
import type { Logger } from '@latchkey/runtime/logger'
import { Problem, validationFailed } from '@latchkey/runtime/problem'
import { z } from 'zod'
import type { Client } from '../domain/client.ts'
import type { ClientPage } from '../domain/client-changes.ts'
import type { ClientId } from '../domain/ids.ts'
import type { CreateClient } from '../usecases/create-client.ts'
import type { DeleteClient } from '../usecases/delete-client.ts'
import type { RegenerateSecret } from '../usecases/regenerate-secret.ts'
import type { UpdateClient } from '../usecases/update-client.ts'
import type { AdminRoute } from './admin-access.ts'
import { clientPatchBody, metadataOf, newClientBody, toClientJson } from './client-json.ts'

export interface AdminClientsDeps {
  readonly registry: {
    find(id: string): Promise<Client | undefined>
    list(page: ClientPage): Promise<readonly Client[]>
  }
  readonly createClient: CreateClient
  readonly updateClient: UpdateClient
  readonly regenerateSecret: RegenerateSecret
  readonly deleteClient: DeleteClient
  readonly logger: Pick<Logger, 'info'>
}

// Any id that a cursor can hold is one that a client may have.
const pageQuery = pageQueryOf(() => true)

// A month: long enough for any rollout, short enough that nobody forgets the old secret for good.
const maxOverlapSeconds = 2_592_000

const regenerateBody = z.strictObject({
  overlap_seconds: z
    .int('must be a whole number of seconds')
    .min(0, 'must not be negative')
    .max(maxOverlapSeconds, `must be at most ${maxOverlapSeconds}`)
    .default(0),
})

const unknownClient = () =>
  new Problem({ status: 404, code: 'CLIENT_NOT_FOUND', detail: 'There is no client of this id' })

const noContent = (res: Response) => void res.status(204).end()

export const createAdminClientRoutes = (deps: AdminClientsDeps): readonly AdminRoute[] => {
  const { registry, createClient, updateClient, regenerateSecret, deleteClient, logger } = deps
  return [
    {
      method: 'GET',
      path: '/admin/api/clients',
      scope: 'admin:clients:read',
      handler: async (req, res) => {
        const { limit, cursor: after, search } = readQuery(req, pageQuery)
        const { items, next } = pageOf(await registry.list({ limit: limit + 1, after, search }), limit)
        res.json({ clients: items.map(client => toClientJson(client)), ...next })
      },
    },
    {
      method: 'POST',
      path: '/admin/api/clients',
      scope: 'admin:clients:write',
      handler: async (req, res, admin) => {
        const body = await readJson(req, newClientBody)
        const created = await createClient({
          id: body.client_id,
          rawSecret: body.client_secret,
          name: body.name,
          type: body.client_type,
          isActive: body.active,
          origin: 'operator',
          defaultGrantTypes: ['authorization_code', 'refresh_token'],
          metadata: metadataOf(body),
        })
        if (created.outcome === 'refused') throw validationFailed(created.faults)
        if (created.outcome === 'taken')
          throw new Problem({ status: 409, code: 'CLIENT_EXISTS', detail: 'There is a client of this id' })
        const { client, rawSecret } = created
        logger.info({ client_id: client.id, by: admin.clientId }, 'client created')
        res
          .status(201)
          .setHeader('Location', `/admin/api/clients/${encodeURIComponent(client.id)}`)
          .json(toClientJson(client, rawSecret))
      },
    },
    {
      method: 'GET',
      path: '/admin/api/clients/:id',
      scope: 'admin:clients:read',
      handler: async (req, res) => {
        const client = await registry.find(pathParameter(req, 'id'))
        if (client === undefined) throw unknownClient()
        res.json(toClientJson(client))
      },
    },
    {
      method: 'PATCH',
      path: '/admin/api/clients/:id',
      scope: 'admin:clients:write',
      handler: async (req, res, admin) => {
        const body = await readJson(req, clientPatchBody)
        const updated = await updateClient({
          id: pathParameter(req, 'id'),
          name: body.name,
          type: body.client_type,
          isActive: body.active,
          metadata: metadataOf(body),
        })
        if (updated.outcome === 'unknown') throw unknownClient()
        if (updated.outcome === 'refused') throw validationFailed(updated.faults)
        logger.info({ client_id: updated.client.id, by: admin.clientId }, 'client updated')
        res.json(toClientJson(updated.client, updated.rawSecret))
      },
    },
    {
      method: 'DELETE',
      path: '/admin/api/clients/:id',
      scope: 'admin:clients:write',
      handler: async (req, res, admin) => {
        const id = pathParameter(req, 'id') as ClientId
        if (!(await deleteClient(id))) throw unknownClient()
        logger.info({ client_id: id, by: admin.clientId }, 'client deleted')
        noContent(res)
      },
    },
    {
      method: 'POST',
      path: '/admin/api/clients/:id/regenerate-secret',
      scope: 'admin:clients:write',
      handler: async (req, res, admin) => {
        const { overlap_seconds: overlapSeconds } = await readJson(req, regenerateBody)
        const result = await regenerateSecret(pathParameter(req, 'id'), overlapSeconds)
        if (result.outcome === 'unknown') throw unknownClient()
        if (result.outcome === 'has_none')
          throw new Problem({
            status: 409,
            code: 'CLIENT_HAS_NO_SECRET',
            detail: 'This client does not authenticate by a secret',
          })
        logger.info({ client_id: result.client.id, by: admin.clientId }, 'client secret regenerated')
        res.json(toClientJson(result.client, result.rawSecret))
      },
    },
  ]
}
