/** The Prisma client of this service's schema, over the same connections as its prepared statements. */
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { PrismaClient } from '../generated/prisma/client.ts'

const pathOf = (name: string) => fileURLToPath(new URL(`../../prisma/${name}`, import.meta.url))

/** The schema in Postgres, and the files that describe it. */
export const databaseSchema = {
  schema: 'latchkey_session',
  schemaPath: pathOf('schema.prisma'),
  migrationsPath: pathOf('migrations'),
}

export const createPrisma = (pool: pg.Pool) =>
  new PrismaClient({ adapter: new PrismaPg(pool, { schema: databaseSchema.schema }) })
