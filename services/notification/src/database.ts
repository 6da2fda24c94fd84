/** The database as both processes have it: a pool, Prisma over it, and a health check that waits for migrations. */
import { fileURLToPath } from 'node:url'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createMigrationCheck } from '@latchkey/runtime/migrate'
import { createPool } from '@latchkey/runtime/postgres'
import { createPrisma, databaseSchema } from './store/prisma.ts'

const migrationsPath = fileURLToPath(new URL('../prisma/migrations', import.meta.url))

export interface DatabaseInit {
  readonly settings: {
    readonly DATABASE_URL: string
    readonly DATABASE_POOL_MIN_SIZE: number
    readonly DATABASE_POOL_MAX_SIZE: number
    readonly DATABASE_POOL_TIMEOUT: number
  }
  readonly applicationName: string
  readonly logger: Logger
  readonly metrics: Metrics
}

export const openDatabase = ({ settings, applicationName, logger, metrics }: DatabaseInit) => {
  const pool = createPool({
    url: settings.DATABASE_URL,
    schema: databaseSchema,
    min: settings.DATABASE_POOL_MIN_SIZE,
    max: settings.DATABASE_POOL_MAX_SIZE,
    connectTimeoutMs: settings.DATABASE_POOL_TIMEOUT * 1000,
    applicationName,
    logger,
    metrics,
  })
  const prisma = createPrisma(pool)
  const checkMigrations = createMigrationCheck({ pool, schema: databaseSchema, migrationsPath })
  return {
    pool,
    prisma,
    check: async (): Promise<void> => {
      await checkMigrations()
      await pool.query('SELECT 1')
    },
    close: async (): Promise<void> => {
      await prisma.$disconnect()
      if (!pool.ended) await pool.end()
    },
  }
}
