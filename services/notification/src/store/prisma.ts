/** The Prisma client of this service's schema, over the same connections as its prepared statements. */
import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { PrismaClient } from '../generated/prisma/client.ts'
import { databaseSchema } from './database-schema.ts'

export const createPrisma = (pool: pg.Pool) =>
  new PrismaClient({ adapter: new PrismaPg(pool, { schema: databaseSchema.schema }) })

export type Prisma = ReturnType<typeof createPrisma>
