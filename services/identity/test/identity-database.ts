/** A database of this service's own, migrated, for one test file. */
import { fileURLToPath } from 'node:url'
import { createLogger } from '@latchkey/runtime/logger'
import { migrate } from '@latchkey/runtime/migrate'
import { createPool } from '@latchkey/runtime/postgres'
import { createTestDatabase } from '@latchkey/testkit'
import { createPrisma, databaseSchema } from '../src/store/prisma.ts'

export const quietLogger = createLogger({ service: 'identity', level: 'ERROR' })

export const schemaPath = fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url))
export const migrationsPath = fileURLToPath(new URL('../prisma/migrations', import.meta.url))

export const createIdentityDatabase = async () => {
  const database = await createTestDatabase()
  const pool = createPool({
    url: database.url,
    schema: databaseSchema,
    max: 20,
    connectTimeoutMs: 5_000,
    applicationName: 'identity-test',
    logger: quietLogger,
  })
  await pool.query(`CREATE SCHEMA ${databaseSchema}`)
  await migrate({
    databaseUrl: database.url,
    schema: databaseSchema,
    schemaPath,
    migrationsPath,
    logger: quietLogger,
  })
  const prisma = createPrisma(pool)
  return {
    ...database,
    pool,
    prisma,
    drop: async () => {
      await prisma.$disconnect()
      await pool.end()
      await database.drop()
    },
  }
}

export type IdentityDatabase = Awaited<ReturnType<typeof createIdentityDatabase>>
