/**
 * The composition root: what the identity service is made of, in the order in which it is opened, and closed the
 * other way round.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createRelay } from '@latchkey/outbox'
import { loadTls } from '@latchkey/runtime/certificates'
import { startGrpcServer } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import { createHttpApp, sendProblem, startHttpServer } from '@latchkey/runtime/http'
import { type Composition, createClosing, type RunningService } from '@latchkey/runtime/lifecycle'
import { startManagementServer } from '@latchkey/runtime/management'
import { createMetrics } from '@latchkey/runtime/metrics'
import { createMigrationCheck } from '@latchkey/runtime/migrate'
import { createPool } from '@latchkey/runtime/postgres'
import { createRedis } from '@latchkey/runtime/redis'
import { loadSettings } from '@latchkey/runtime/settings'
import { createSeal } from './clients/mails.ts'
import { composeCleanup } from './compose-cleanup.ts'
import { composeClients } from './compose-clients.ts'
import { composeHasher } from './compose-hasher.ts'
import { composeStores } from './compose-stores.ts'
import { composeUseCases } from './compose-use-cases.ts'
import { identitySettings } from './config.ts'
import { parseCommonPasswords } from './domain/common-passwords.ts'
import { createPasswordPolicy } from './domain/password-policy.ts'
import { createAccountRoutes } from './http/account-routes.ts'
import { createGetCaller } from './http/caller.ts'
import { createReadDevice } from './http/device.ts'
import { toProblem } from './http/problems.ts'
import { createResetPage, renderPageProblem, resetPagePath } from './http/reset-page.ts'
import { createResetRoutes } from './http/reset-routes.ts'
import { createSchemas } from './http/schemas.ts'
import { createSignInRoutes } from './http/sign-in-routes.ts'
import { createRelayHandlers } from './relay/handlers.ts'
import { createSettle } from './relay/settle.ts'
import { databaseSchema } from './store/prisma.ts'
import { createIssuePasswordReset } from './usecases/issue-password-reset.ts'

export interface IdentityService extends RunningService {
  readonly httpPort: number
  readonly grpcPort: number
  readonly managementPort: number
}

export interface IdentityComposition extends Composition {
  readonly now?: () => Date
}

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** How long an answer waits for the sessions that it ended. */
const settleTimeoutMs = 1_000

export const compose = async ({
  env,
  logger,
  now = () => new Date(),
}: IdentityComposition): Promise<IdentityService> => {
  const settings = loadSettings(identitySettings, env)
  const closing = createClosing(logger)
  try {
    const tls = await loadTls({
      caFile: settings.TLS_CA_FILE,
      certFile: settings.TLS_CERT_FILE,
      keyFile: settings.TLS_KEY_FILE,
    })
    const metrics = createMetrics('identity')
    const pool = createPool({
      url: settings.DATABASE_URL,
      schema: databaseSchema,
      min: settings.DATABASE_POOL_MIN_SIZE,
      max: settings.DATABASE_POOL_MAX_SIZE,
      connectTimeoutMs: settings.DATABASE_POOL_TIMEOUT * 1_000,
      applicationName: 'latchkey-identity',
      logger,
      metrics,
    })
    closing.add('postgres', () => pool.end())
    const redis = createRedis({ url: settings.REDIS_URL, name: 'identity', logger })
    closing.add('redis', () => redis.disconnect())

    const stores = composeStores({ pool, redis, settings, logger })
    const clients = composeClients({ settings, tls, metrics, closing })
    const hasher = await composeHasher({ settings, metrics, closing })
    const commonPasswords = await readFile(pathOf('../data/common-passwords.txt'), 'utf8')
    const policy = createPasswordPolicy(settings.PASSWORD_POLICY, parseCommonPasswords(commonPasswords))

    const ttlSeconds = settings.PASSWORD_RESET_TTL_SECONDS
    const relay = createRelay({
      pool,
      handlers: createRelayHandlers({
        ...clients,
        users: stores.users,
        issuePasswordReset: createIssuePasswordReset({
          users: stores.users,
          resets: stores.resets,
          seal: createSeal(settings.MAIL_SEALING_KEY),
          relaySoon: () => void relay.nudge(),
          showReset: (tokenHash, user) => stores.mirrors.showReset(tokenHash, user.id, ttlSeconds),
          ttlSeconds,
          now,
        }),
      }),
      logger,
      metrics,
    })
    closing.add('outbox relay', relay.close)
    composeCleanup({ settings, stores, metrics, logger, closing, now })

    const settle = createSettle({ relayNow: relay.nudge, timeoutMs: settleTimeoutMs })
    const useCases = composeUseCases({ settings, stores, clients, hasher, policy, logger, settle, now })
    const schemas = createSchemas(policy)
    const readDevice = createReadDevice({ publicUrl: settings.PUBLIC_URL })
    const getCaller = createGetCaller(clients.verifier)
    const app = createHttpApp({
      logger,
      metrics,
      routes: [
        ...createSignInRoutes({ ...useCases, schemas, readDevice }),
        ...createAccountRoutes({ ...useCases, schemas, getCaller }),
        ...createResetRoutes({ ...useCases, schemas }),
        ...createResetPage({ ...useCases, schemas }),
      ],
      mapError: toProblem,
      renderProblem: (problem, req, res) =>
        (req.path === resetPagePath ? renderPageProblem : sendProblem)(problem, req, res),
    })

    const health = createHealth({
      checks: {
        database: () => pool.query('SELECT 1'),
        migrations: createMigrationCheck({
          pool,
          schema: databaseSchema,
          migrationsPath: pathOf('../prisma/migrations'),
        }),
      },
      optionalChecks: { redis: () => redis.ping() },
    })
    const host = settings.BIND_ADDRESS
    const deadlineMs = settings.SHUTDOWN_TIMEOUT_SECONDS * 1_000
    const management = await startManagementServer({
      port: settings.MANAGEMENT_PORT,
      host,
      health,
      metrics,
      logger,
    })
    closing.add('management', () => management.close(deadlineMs))
    const http = await startHttpServer({
      app,
      port: settings.HTTP_PORT,
      host,
      tls,
      allowedCallers: ['gateway'],
      logger,
    })
    closing.add('http', () => http.close(deadlineMs))
    // Closed first: it tells its callers that we are going, and gives them the time to notice.
    const grpc = await startGrpcServer({
      services: [],
      port: settings.GRPC_PORT,
      host,
      tls,
      allowedCallers: [],
      health,
      endpointRemovalMs: settings.ENDPOINT_REMOVAL_SECONDS * 1_000,
      logger,
      metrics,
    })
    closing.add('grpc', () => grpc.close(deadlineMs))

    relay.start()
    clients.verifier.preload().catch((error: unknown) => {
      logger.info({ error }, 'the keys of the token service are not there yet')
    })
    return {
      httpPort: http.port,
      grpcPort: grpc.port,
      managementPort: management.port,
      close: closing.close,
    }
  } catch (error) {
    await closing.close()
    throw error
  }
}
