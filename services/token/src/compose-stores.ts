/** Opens Postgres and Redis and everything that reads and writes them, but for the signing keys. */
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createPool } from '@latchkey/runtime/postgres'
import { createRedis } from '@latchkey/runtime/redis'
import { poolOptionsOf } from '@latchkey/runtime/settings'
import type { TokenSettings } from './config.ts'
import { createAuthorizationCodes } from './store/authorization-codes.ts'
import { createAuthorizationFlows } from './store/authorization-flows.ts'
import { createBrowserSessions } from './store/browser-sessions.ts'
import { createClientFailures } from './store/client-failures.ts'
import { createClientOrigins } from './store/client-origins.ts'
import { createClients } from './store/clients.ts'
import { createConnectedApps } from './store/connected-apps.ts'
import { createConsents } from './store/consents.ts'
import { databaseSchema } from './store/database-schema.ts'
import { createDeviceAuthorizations } from './store/device-authorizations.ts'
import { createExpiredRows } from './store/expired-rows.ts'
import { createExpiredTokens } from './store/expired-tokens.ts'
import { createFrontchannelClients } from './store/frontchannel-clients.ts'
import { createGrantRevocations } from './store/grant-revocations.ts'
import { createKnownSubjects } from './store/known-subjects.ts'
import { createLiveRefreshTokens } from './store/live-refresh-tokens.ts'
import { createPushedRequests } from './store/pushed-requests.ts'
import { createRefreshFamilies } from './store/refresh-families.ts'
import { createRevocations } from './store/revocations.ts'
import { createScopes } from './store/scopes.ts'
import { createSessionEnds } from './store/session-ends.ts'
import { createSubjects } from './store/subjects.ts'
import { createUsedIds } from './store/used-ids.ts'

export interface StoresInit {
  readonly settings: TokenSettings
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
  readonly now: () => Date
}

export const composeStores = ({ settings, metrics, logger, closing, now }: StoresInit) => {
  const pool = createPool({
    ...poolOptionsOf(settings),
    schema: databaseSchema.schema,
    plansOnce: true,
    applicationName: 'token',
    logger,
    metrics,
  })
  closing.add('postgres', () => pool.end())
  const redis = createRedis({
    url: settings.REDIS_URL,
    name: 'token',
    commandTimeoutMs: settings.REDIS_TIMEOUT_MS,
    logger,
  })
  closing.add('redis', () => redis.disconnect())
  const subjects = createSubjects({ pool })
  return {
    pool,
    redis,
    browserSessions: createBrowserSessions({ pool }),
    clientFailures: createClientFailures({ redis, now }),
    clientOrigins: createClientOrigins({ pool, now }),
    clients: createClients({ pool, now }),
    codes: createAuthorizationCodes({ pool }),
    connectedApps: createConnectedApps({ pool }),
    consents: createConsents({ pool }),
    devices: createDeviceAuthorizations({ pool }),
    /** What is removed some time after its end; the names are the metric's. */
    expired: {
      refresh_tokens: createExpiredTokens({ pool }),
      // A replay after that is unknown, and its grant is in no danger.
      authorization_codes: createExpiredRows({
        pool,
        table: 'authorization_codes',
        column: 'kept_until',
        keepSeconds: 0,
      }),
      authorization_flows: createExpiredRows({ pool, table: 'authorization_flows' }),
      pushed_requests: createExpiredRows({ pool, table: 'pushed_requests' }),
      browser_sessions: createExpiredRows({ pool, table: 'browser_sessions', column: 'ends_at' }),
      // Of no use once what has the id is refused for its age; ten minutes for clocks that differ.
      used_ids: createExpiredRows({ pool, table: 'used_ids', keepSeconds: 600 }),
      revocations: createExpiredRows({ pool, table: 'revocations' }),
      client_sessions: createExpiredRows({ pool, table: 'client_sessions', column: 'ends_at' }),
      device_authorizations: createExpiredRows({ pool, table: 'device_authorizations' }),
    },
    families: createRefreshFamilies({
      pool,
      policy: {
        ttlSeconds: settings.REFRESH_TOKEN_TTL_SECONDS,
        graceSeconds: settings.REFRESH_GRACE_SECONDS,
      },
    }),
    flows: createAuthorizationFlows({ pool }),
    frontchannelClients: createFrontchannelClients({ pool }),
    liveRefreshTokens: createLiveRefreshTokens({ pool }),
    pushedRequests: createPushedRequests({ pool }),
    grantRevocations: createGrantRevocations({ pool }),
    revocations: createRevocations({ pool }),
    sessionEnds: createSessionEnds({ pool }),
    scopes: createScopes({ pool, now }),
    subjects,
    /** Those of sign-ins, which say again what is known. */
    knownSubjects: createKnownSubjects({ subjects, now }),
    usedIds: createUsedIds({ pool }),
  }
}

export type Stores = ReturnType<typeof composeStores>
