/** The database of a test file, and Prisma's view of it. */
import { createServiceDatabase } from '@latchkey/service-testkit'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../src/generated/prisma/client.ts'
import { databaseSchema } from '../src/store/database-schema.ts'

export const createTokenDatabase = async () => {
  const database = await createServiceDatabase({ ...databaseSchema, plansOnce: true })
  const adapter = new PrismaPg(database.pool, { schema: databaseSchema.schema })
  return { ...database, prisma: new PrismaClient({ adapter }) }
}

export type TokenDatabase = Awaited<ReturnType<typeof createTokenDatabase>>
