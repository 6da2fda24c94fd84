/** The composition root: the only file that knows everything. */
import { randomBytes } from 'node:crypto'
import { createActivityRecorder, createSessionClient } from '@latchkey/contracts'
import { createRevocationCheck } from '@latchkey/revocation'
import { loadTls } from '@latchkey/runtime/certificates'
import { startGrpcServer } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import { createHttpApp, startHttpServer } from '@latchkey/runtime/http'
import { createClosing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { startManagementServer } from '@latchkey/runtime/management'
import { createMetrics } from '@latchkey/runtime/metrics'
import { createMigrationCheck } from '@latchkey/runtime/migrate'
import { createPool } from '@latchkey/runtime/postgres'
import { createRedis } from '@latchkey/runtime/redis'
import { startCleanup } from './cleanup.ts'
import { createFindSessionState } from './clients/sessions.ts'
import { composeEvents } from './compose-events.ts'
import { composeKeys } from './compose-keys.ts'
import type { TokenSettings } from './config.ts'
import { successorKeyOf } from './domain/refresh-token.ts'
import { toProblem } from './errors.ts'
import { createRefreshHandler } from './http/refresh.ts'
import { createWellKnownRoutes } from './http/well-known.ts'
import { createTokenServiceBinding } from './rpc/token-service.ts'
import { createExpiredTokens } from './store/expired-tokens.ts'
import { createPrisma, databaseSchema } from './store/prisma.ts'
import { createRefreshFamilies } from './store/refresh-families.ts'
import { createSubjects } from './store/subjects.ts'
import { createDeleteSubject } from './usecases/delete-subject.ts'
import { createIssueTokens } from './usecases/issue-tokens.ts'
import { createRefreshTokens } from './usecases/refresh-tokens.ts'
import { createUpdateSubject } from './usecases/update-subject.ts'

const migrationsPath = new URL('../prisma/migrations', import.meta.url).pathname

const now = () => new Date()

export const compose = async (settings: TokenSettings, logger: Logger) => {
  const closing = createClosing(logger)
  try {
    return await open(settings, logger, closing)
  } catch (error) {
    await closing.close()
    throw error
  }
}

const open = async (settings: TokenSettings, logger: Logger, closing: ReturnType<typeof createClosing>) => {
  const metrics = createMetrics('token')
  const tls = await loadTls({
    caFile: settings.TLS_CA_FILE,
    certFile: settings.TLS_CERT_FILE,
    keyFile: settings.TLS_KEY_FILE,
  })

  const pool = createPool({
    url: settings.DATABASE_URL,
    schema: databaseSchema,
    min: settings.DATABASE_POOL_MIN_SIZE,
    max: settings.DATABASE_POOL_MAX_SIZE,
    connectTimeoutMs: settings.DATABASE_POOL_TIMEOUT * 1000,
    applicationName: 'token',
    logger,
    metrics,
  })
  closing.add('postgres', () => pool.end())
  const prisma = createPrisma(pool)
  closing.add('prisma', () => prisma.$disconnect())
  const redis = createRedis({ url: settings.REDIS_URL, name: 'token', logger })
  closing.add('redis', () => redis.disconnect())
  const sessions = createSessionClient({ target: settings.SESSION_GRPC, tls, metrics })
  closing.add('session client', () => sessions.close())
  const activity = createActivityRecorder({ sessions, logger })
  closing.add('activity', () => activity.close())

  const { keyring, signAccessToken } = await composeKeys({
    settings,
    pool,
    prisma,
    redis,
    closing,
    logger,
    now,
  })

  const families = createRefreshFamilies({
    pool,
    prisma,
    policy: { ttlSeconds: settings.REFRESH_TOKEN_TTL_SECONDS, graceSeconds: settings.REFRESH_GRACE_SECONDS },
  })
  const subjects = createSubjects(pool)
  const outbox = composeEvents({ pool, redis, sessions, families, closing, metrics, logger })
  const cleanup = startCleanup({ expired: createExpiredTokens(pool), metrics, logger })
  closing.add('cleanup', () => cleanup.close())

  const revocation = createRevocationCheck({ redis, getSession: createFindSessionState(sessions), now })
  const issueTokens = createIssueTokens({ families, subjects, signAccessToken, randomBytes })
  const rotations = metrics.counter({
    name: 'refresh_rotations_total',
    help: 'Uses of refresh tokens by their outcome: rotated, grace, reused, expired, ended, unknown',
    labelNames: ['outcome'],
  })
  const refreshTokens = createRefreshTokens({
    families,
    checkSession: revocation.check,
    signAccessToken,
    observeRotation: outcome => rotations.inc({ outcome }),
    nudgeOutbox: () => void outbox.nudge(),
    recordActivity: activity.record,
    successorKeys: [
      successorKeyOf(settings.KEY_ENCRYPTION_KEY),
      ...settings.KEY_ENCRYPTION_KEYS_OLD.map(successorKeyOf),
    ],
    randomBytes,
    now,
    logger,
  })

  const health = createHealth({
    checks: {
      database: () => pool.query('select 1'),
      migrations: createMigrationCheck({ pool, schema: databaseSchema, migrationsPath }),
      signing_keys: async () => keyring.getSigningKey(),
    },
    optionalChecks: { redis: () => redis.ping() },
  })

  const { PUBLIC_URL: publicUrl, BIND_ADDRESS: host } = settings
  const management = await startManagementServer({
    port: settings.MANAGEMENT_PORT,
    host,
    health,
    metrics,
    logger,
  })
  closing.add('management', () => management.close())

  const app = createHttpApp({
    logger,
    metrics,
    routes: [
      { method: 'POST', path: '/auth/refresh', handler: createRefreshHandler(refreshTokens) },
      ...createWellKnownRoutes({ publicUrl, keyring }),
    ],
    strictTransportSecurity: publicUrl.startsWith('https:'),
    mapError: toProblem,
  })
  const deadlineMs = settings.SHUTDOWN_TIMEOUT_SECONDS * 1000
  const http = await startHttpServer({
    app,
    port: settings.HTTP_PORT,
    host,
    tls,
    // The gateway for users; the others for the keys.
    allowedCallers: ['gateway', 'identity', 'session'],
    logger,
  })
  closing.add('http', () => http.close(deadlineMs))

  const grpc = await startGrpcServer({
    services: [
      createTokenServiceBinding({
        issueTokens,
        updateSubject: createUpdateSubject({ subjects }),
        deleteSubject: createDeleteSubject({ subjects }),
      }),
    ],
    port: settings.GRPC_PORT,
    host,
    tls,
    allowedCallers: ['identity'],
    health,
    endpointRemovalMs: settings.ENDPOINT_REMOVAL_SECONDS * 1000,
    logger,
    metrics,
  })
  // Closed first: it tells everybody that this replica is leaving.
  closing.add('grpc', () => grpc.close(deadlineMs))

  return {
    ports: { http: http.port, grpc: grpc.port, management: management.port },
    close: closing.close,
  }
}
