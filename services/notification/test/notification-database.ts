/** The database of a test file, and Prisma's view of it. */
import { createServiceDatabase } from '@latchkey/service-testkit'
import { databaseSchema } from '../src/store/database-schema.ts'
import { createPrisma } from '../src/store/prisma.ts'

export const createNotificationDatabase = async () => {
  const database = await createServiceDatabase(databaseSchema)
  return { ...database, prisma: createPrisma(database.pool) }
}

export type NotificationDatabase = Awaited<ReturnType<typeof createNotificationDatabase>>
