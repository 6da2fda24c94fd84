/** Clients and scopes as operators manage them, and the word of their changes to the other replicas. */
import { randomBytes } from 'node:crypto'
import { createUuid } from '@latchkey/runtime/ids'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { createRedis } from '@latchkey/runtime/redis'
import type { Clients } from './compose-clients.ts'
import type { Proofs } from './compose-proofs.ts'
import type { Stores } from './compose-stores.ts'
import type { TokenSettings } from './config.ts'
import type { ClientId } from './domain/ids.ts'
import { guardAdminRoutes } from './http/admin-access.ts'
import { createAdminClientRoutes } from './http/admin-clients.ts'
import { createAdminScopeRoutes } from './http/admin-scopes.ts'
import { createAdminTokenRoutes } from './http/admin-tokens.ts'
import { createClientChanges } from './store/client-changes.ts'
import { createClientRegistry } from './store/client-registry.ts'
import { createRefreshTokenRecords } from './store/refresh-token-records.ts'
import { createAuthorizeAdmin } from './usecases/authorize-admin.ts'
import { createCreateClient } from './usecases/create-client.ts'
import { createDeleteClient } from './usecases/delete-client.ts'
import { createEnsureAdminClient } from './usecases/ensure-admin-client.ts'
import { createExplainToken } from './usecases/explain-token.ts'
import { createManageScopes } from './usecases/manage-scopes.ts'
import { createRegenerateSecret } from './usecases/regenerate-secret.ts'
import { createUpdateClient } from './usecases/update-client.ts'

export interface AdminInit {
  readonly settings: Pick<
    TokenSettings,
    'REDIS_URL' | 'REDIS_TIMEOUT_MS' | 'ADMIN_CLIENT_ID' | 'ADMIN_CLIENT_SECRET'
  >
  readonly stores: Pick<Stores, 'pool' | 'redis' | 'clientOrigins' | 'clients' | 'scopes'>
  readonly clients: Pick<Clients, 'checkSession'>
  readonly proofs: Pick<Proofs, 'authenticateBearer' | 'checkAccessToken' | 'dpopNonces'>
  readonly logger: Logger
  readonly closing: Closing
  readonly now: () => Date
}

export const composeAdmin = async ({
  settings,
  stores,
  clients: { checkSession },
  proofs,
  logger,
  closing,
  now,
}: AdminInit) => {
  const { pool, redis, clientOrigins, clients, scopes } = stores
  const subscriber = createRedis({
    url: settings.REDIS_URL,
    name: 'token-clients',
    commandTimeoutMs: settings.REDIS_TIMEOUT_MS,
    logger,
  })
  closing.add('client changes', () => subscriber.disconnect())
  const changes = createClientChanges({ redis, subscriber, logger })
  const forgetClient = (id: string) => {
    clients.forget(id)
    clientOrigins.forget()
  }
  changes.listen({ onClient: forgetClient, onScopes: scopes.forget })

  const registry = createClientRegistry({ pool })
  const announceClient = (id: ClientId) => {
    forgetClient(id)
    changes.announceClient(id)
  }
  const createClient = createCreateClient({
    registry,
    scopes,
    announce: announceClient,
    createId: () => createUuid<ClientId>(),
    randomBytes,
  })

  const { ADMIN_CLIENT_ID: id, ADMIN_CLIENT_SECRET: rawSecret } = settings
  const ensureAdminClient = createEnsureAdminClient({ createClient, scopes, logger })
  if (rawSecret !== undefined) await ensureAdminClient({ id, rawSecret })

  const manageScopes = createManageScopes({ scopes, announceScopes: changes.announceScopes, announceClient })
  const authorizeAdmin = createAuthorizeAdmin({ authenticateBearer: proofs.authenticateBearer, clients })
  const routes = guardAdminRoutes({ authorizeAdmin, dpopNonces: proofs.dpopNonces }, [
    ...createAdminClientRoutes({
      registry,
      createClient,
      updateClient: createUpdateClient({ registry, scopes, announce: announceClient, randomBytes }),
      regenerateSecret: createRegenerateSecret({ registry, announce: announceClient, randomBytes }),
      deleteClient: createDeleteClient({ registry, announce: announceClient }),
      logger,
    }),
    ...createAdminScopeRoutes({ manageScopes, logger }),
    ...createAdminTokenRoutes({
      explainToken: createExplainToken({
        refreshTokens: createRefreshTokenRecords({ pool }),
        checkAccessToken: proofs.checkAccessToken,
        checkSession,
        now,
      }),
    }),
  ])
  return { registry, createClient, announceClient, authorizeAdmin, routes }
}

export type Admin = Awaited<ReturnType<typeof composeAdmin>>
