/** A database of this service's own, migrated, for one test file. */
import { fileURLToPath } from 'node:url'
import { createLogger } from '@latchkey/runtime/logger'
import { migrate } from '@latchkey/runtime/migrate'
import { createPool } from '@latchkey/runtime/postgres'
import { createTestDatabase } from '@latchkey/testkit'
import { databaseSchema } from '../src/store/prisma.ts'

export const quietLogger = createLogger({ service: 'session-test', level: 'ERROR' })

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

export const prismaFiles = {
  schemaPath: pathOf('../prisma/schema.prisma'),
  migrationsPath: pathOf('../prisma/migrations'),
}

export const createSessionDatabase = async () => {
  const database = await createTestDatabase()
  const pool = createPool({
    url: database.url,
    schema: databaseSchema,
    max: 20,
    connectTimeoutMs: 2000,
    applicationName: 'session-test',
    logger: quietLogger,
  })
  await pool.query(`CREATE SCHEMA ${databaseSchema}`)
  const files = { databaseUrl: database.url, schema: databaseSchema, ...prismaFiles, logger: quietLogger }
  await migrate(files)
  return {
    ...database,
    pool,
    drop: async () => {
      await pool.end()
      await database.drop()
    },
  }
}

export type SessionDatabase = Awaited<ReturnType<typeof createSessionDatabase>>
