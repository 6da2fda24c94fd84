/** A database of a test's own with the tables of this service in it. */
import { fileURLToPath } from 'node:url'
import { createLogger } from '@latchkey/runtime/logger'
import { migrate } from '@latchkey/runtime/migrate'
import { createPool } from '@latchkey/runtime/postgres'
import { createTestDatabase } from '@latchkey/testkit'
import pg from 'pg'
import { createPrisma, databaseSchema } from '../src/store/prisma.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

export const logger = createLogger({ service: 'test', level: 'ERROR' })

export const createTestSchema = async () => {
  const database = await createTestDatabase()
  const admin = new pg.Client({ connectionString: database.url })
  await admin.connect()
  await admin.query(`CREATE SCHEMA ${databaseSchema}`)
  await admin.end()
  await migrate({
    databaseUrl: database.url,
    schema: databaseSchema,
    schemaPath: path('../prisma/schema.prisma'),
    migrationsPath: path('../prisma/migrations'),
    logger: { info: () => undefined, warn: () => undefined },
  })
  const pool = createPool({ url: database.url, schema: databaseSchema, applicationName: 'test', logger })
  const prisma = createPrisma(pool)
  return {
    database,
    pool,
    prisma,
    remove: async () => {
      await prisma.$disconnect()
      if (!pool.ended) await pool.end()
      await database.drop()
    },
  }
}

export type TestSchema = Awaited<ReturnType<typeof createTestSchema>>
