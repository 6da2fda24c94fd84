/** `--fresh`: forgets everything that earlier starts kept, and nothing that is not the suite's. */
import { schemaOf } from '@latchkey/runtime/migrate'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { LauncherConfig } from '../config.ts'
import { removePostgres, stopLeftoverRedis } from '../providers/index.ts'
import type { DataFolder } from './data-folder.ts'
import type { PortBook } from './port-book.ts'
import type { Secrets } from './secrets.ts'
import { databaseServices } from './services.ts'

export interface FreshInit {
  readonly folder: DataFolder
  readonly book: PortBook
  readonly secrets: Secrets
  readonly config: Pick<LauncherConfig, 'DATABASE_URL' | 'REDIS_URL'>
}

export const forgetEverything = async ({ folder, book, secrets, config }: FreshInit): Promise<void> => {
  const redisPort = book.last('redis')
  if (redisPort !== undefined) await stopLeftoverRedis({ port: redisPort, password: secrets.redisPassword })
  await removePostgres({ dataDir: folder.path, password: secrets.postgresPassword })
  await folder.clear()
  if (config.DATABASE_URL !== undefined) await dropSchemas(config.DATABASE_URL)
  if (config.REDIS_URL !== undefined) await deleteKeys(config.REDIS_URL)
}

const dropSchemas = async (databaseUrl: string): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    for (const service of databaseServices) {
      await client.query(`DROP SCHEMA IF EXISTS ${pg.escapeIdentifier(schemaOf(service))} CASCADE`)
    }
  } finally {
    await client.end()
  }
}

/** A given Redis may hold other things too: only keys that are ours by name go. */
const ourKeys = [
  'bull:email:*',
  'session:*',
  'session_*',
  'failed_login:*',
  'blacklist:*',
  'rate_limit:*',
  'password_reset:*',
  'revocation:*',
  'oauth:state:*',
  'events:*',
]

const deleteKeys = async (redisUrl: string): Promise<void> => {
  const redis = new Redis(redisUrl, { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    for (const match of ourKeys) {
      for await (const keys of redis.scanStream({ match, count: 500 })) {
        if (keys.length > 0) await redis.unlink(keys)
      }
    }
  } finally {
    redis.disconnect()
  }
}
