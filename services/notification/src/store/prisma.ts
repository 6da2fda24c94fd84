/** The Prisma client of this service's schema, over the same connections as its hand-written statements. */
import { PrismaPg } from '@prisma/adapter-pg'
import type { Pool } from 'pg'
import { PrismaClient } from '../generated/prisma/client.ts'

export const databaseSchema = 'latchkey_notification'

export const createPrisma = (pool: Pool) =>
  new PrismaClient({ adapter: new PrismaPg(pool, { schema: databaseSchema }) })

export type Prisma = ReturnType<typeof createPrisma>
