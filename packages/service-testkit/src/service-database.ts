/** A database of a test file's own with the tables of one service in it. */
import { migrate } from '@latchkey/runtime/migrate'
import { createPool } from '@latchkey/runtime/postgres'
import { createTestDatabase, type TestDatabase } from '@latchkey/testkit'
import type pg from 'pg'
import { quietLogger } from './quiet-logger.ts'

export interface ServiceDatabaseInit {
  readonly schema: string
  readonly schemaPath: string
  readonly migrationsPath: string
  /** As the service's own pool has it. */
  readonly plansOnce?: boolean
}

export interface ServiceDatabase extends TestDatabase {
  readonly pool: pg.Pool
  /** Another replica's connections, to be ended by the test. */
  readonly openPool: (max?: number) => pg.Pool
}

export const createServiceDatabase = async (init: ServiceDatabaseInit): Promise<ServiceDatabase> => {
  const database = await createTestDatabase()
  const openPool = (max = 20) =>
    createPool({
      url: database.url,
      schema: init.schema,
      plansOnce: init.plansOnce ?? false,
      max,
      connectTimeoutMs: 20_000,
      applicationName: 'test',
      logger: quietLogger,
    })
  const pool = openPool()
  await pool.query(`CREATE SCHEMA ${init.schema}`)
  await migrate({ ...init, databaseUrl: database.url, logger: quietLogger })
  const drop = async () => {
    await pool.end()
    await database.drop()
  }
  return { ...database, pool, openPool, drop }
}
