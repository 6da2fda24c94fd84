/** The database of a test file, and Prisma's view of it. */
import { createServiceDatabase } from '@latchkey/service-testkit'
import { createPrisma, databaseSchema } from '../src/store/prisma.ts'

export const createIdentityDatabase = async () => {
  const database = await createServiceDatabase(databaseSchema)
  return { ...database, prisma: createPrisma(database.pool) }
}

export type IdentityDatabase = Awaited<ReturnType<typeof createIdentityDatabase>>
