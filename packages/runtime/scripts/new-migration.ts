/**
 * `pnpm --filter @latchkey/<service> migration <name>`: writes prisma/migrations/<timestamp>_<name>/migration.sql
 * from what changed in prisma/schema.prisma. Needs a Postgres on which it may create a scratch database, by
 * TEST_DATABASE_URL. What Prisma can't describe is added to the file by hand.
 */
import { resolve } from 'node:path'
import { writeNewMigration } from '../src/migrate/index.ts'

const [name] = process.argv.slice(2)
const shadowUrl = process.env.TEST_DATABASE_URL
if (name === undefined || shadowUrl === undefined) {
  process.stderr.write(
    'usage, in a service: TEST_DATABASE_URL=postgres://… pnpm migration <snake_case_name>\n',
  )
  process.exit(2)
}
const path = await writeNewMigration({
  schemaPath: resolve('prisma/schema.prisma'),
  migrationsPath: resolve('prisma/migrations'),
  shadowUrl,
  name,
  at: new Date(),
})
process.stdout.write(`${path ?? 'nothing has changed'}\n`)
