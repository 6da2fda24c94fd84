/** The schema in Postgres, and the files that describe it: Prisma's, which makes the migrations (ADR 25). */
import { fileURLToPath } from 'node:url'

const pathOf = (name: string) => fileURLToPath(new URL(`../../prisma/${name}`, import.meta.url))

export const databaseSchema = {
  schema: 'latchkey_token',
  schemaPath: pathOf('schema.prisma'),
  migrationsPath: pathOf('migrations'),
}
