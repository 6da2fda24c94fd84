/** The schema in Postgres, and the files that describe it: Prisma's, which makes the migrations. */
import { fileURLToPath } from 'node:url'

const pathOf = (name: string) => fileURLToPath(new URL(`../../prisma/${name}`, import.meta.url))

export const databaseSchema = {
  schema: 'latchkey_notification',
  schemaPath: pathOf('schema.prisma'),
  migrationsPath: pathOf('migrations'),
}
