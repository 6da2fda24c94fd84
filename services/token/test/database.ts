/** A database of this service's own, migrated, for one test file. */
import { createLogger } from '@latchkey/runtime/logger'
import { migrate } from '@latchkey/runtime/migrate'
import { createPool } from '@latchkey/runtime/postgres'
import { createTestDatabase } from '@latchkey/testkit'
import { createPrisma, databaseSchema } from '../src/store/prisma.ts'

export const quietLogger = createLogger({ service: 'token', level: 'ERROR' })

const pathOf = (relative: string) => new URL(relative, import.meta.url).pathname

export const createTokenDatabase = async () => {
  const database = await createTestDatabase()
  const aPool = (max = 10) =>
    createPool({
      url: database.url,
      schema: databaseSchema,
      max,
      connectTimeoutMs: 2000,
      applicationName: 'token-test',
      logger: quietLogger,
    })
  const pool = aPool()
  await pool.query(`create schema ${databaseSchema}`)
  await migrate({
    databaseUrl: database.url,
    schema: databaseSchema,
    schemaPath: pathOf('../prisma/schema.prisma'),
    migrationsPath: pathOf('../prisma/migrations'),
    logger: quietLogger,
  })
  const prisma = createPrisma(pool)

  return {
    ...database,
    pool,
    prisma,
    /** Another replica's connections. */
    aPool,
    drop: async () => {
      await prisma.$disconnect()
      await pool.end()
      await database.drop()
    },
  }
}

export type TokenDatabase = Awaited<ReturnType<typeof createTokenDatabase>>
