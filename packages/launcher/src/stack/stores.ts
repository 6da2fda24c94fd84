/** Postgres and Redis, up and with everything in them that the services expect. */
import { join } from 'node:path'
import type { Logger } from '@latchkey/runtime/logger'
import type { LauncherConfig } from '../config.ts'
import { preparePostgres, prepareRedis } from '../providers/index.ts'
import type { PortBook } from './port-book.ts'
import { type DatabaseUrls, migrateSchemas, provisionSchemas } from './schemas.ts'
import type { Secrets } from './secrets.ts'
import { root } from './services.ts'
import type { Supervisor } from './supervisor.ts'

export interface StoresInit {
  readonly config: Pick<LauncherConfig, 'DATABASE_URL' | 'REDIS_URL'>
  readonly dataDir: string
  readonly path: string
  readonly secrets: Secrets
  readonly book: PortBook
  readonly supervisor: Supervisor
  readonly logger: Logger
}

export interface Stores {
  readonly adminUrl: string
  readonly databaseUrls: DatabaseUrls
  readonly redisUrl: string
  /** What runs them, in words. */
  readonly descriptions: readonly string[]
}

export const startStores = async (init: StoresInit): Promise<Stores> => {
  const { config, dataDir, secrets, book, logger } = init
  const postgresPort = await book.take('postgres')
  const [postgres, redis] = await Promise.all([
    preparePostgres({
      dataDir,
      databaseUrl: config.DATABASE_URL,
      port: postgresPort,
      password: secrets.postgresPassword,
    }),
    prepareRedis({
      dataDir,
      redisUrl: config.REDIS_URL,
      lastPort: book.last('redis'),
      takePort: () => book.take('redis'),
      password: secrets.redisPassword,
      path: init.path,
      unpackFolder: join(root, '.toolchain/redis'),
      say: line => logger.info(line),
    }),
  ])
  await init.supervisor.startAll([postgres.process, redis.process].filter(plan => plan !== undefined))
  await postgres.ensureDatabase()
  const databaseUrls = await provisionSchemas(postgres.adminUrl, secrets)
  await migrateSchemas(databaseUrls)
  return {
    adminUrl: postgres.adminUrl,
    databaseUrls,
    redisUrl: redis.url,
    descriptions: [postgres.description, redis.description],
  }
}
