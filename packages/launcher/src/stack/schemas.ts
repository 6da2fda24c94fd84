/** Brings the database up to the code: roles and schemas, then migrations, in a process of their own. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pendingMigrations, provision, schemaOf } from '@latchkey/runtime/migrate'
import pg from 'pg'
import type { Secrets } from './secrets.ts'
import { type DatabaseService, databaseServices, root, serviceFolder } from './services.ts'

export type DatabaseUrls = Readonly<Record<DatabaseService, string>>

/** The URL by which each service reaches its own schema, after making what is missing. */
export const provisionSchemas = async (adminUrl: string, secrets: Secrets): Promise<DatabaseUrls> => {
  const { services } = await provision({
    adminUrl,
    services: databaseServices.map(name => ({ name, password: secrets.rolePassword(name) })),
    rolePrefix: rolePrefix(adminUrl),
  })
  const url = (service: DatabaseService): string => services[service]?.url ?? adminUrl
  return {
    identity: url('identity'),
    token: url('token'),
    session: url('session'),
    notification: url('notification'),
  }
}

/** Roles belong to the server: suites in two databases of one server must not share them. */
const rolePrefix = (adminUrl: string): string => {
  const database = decodeURIComponent(new URL(adminUrl).pathname.slice(1))
  return database === 'latchkey'
    ? 'latchkey'
    : `latchkey_${createHash('sha256').update(database).digest('hex').slice(0, 8)}`
}

/** Applies what is pending; the migration engine's memory goes with its process. */
export const migrateSchemas = async (urls: DatabaseUrls): Promise<void> => {
  if (!(await isAnythingPending(urls))) return
  const env = Object.fromEntries(
    databaseServices.map(service => [`${service.toUpperCase()}_DATABASE_URL`, urls[service]]),
  )
  await promisify(execFile)(process.execPath, [join(root, 'packages/cli/src/main.ts'), 'migrate'], {
    env: { PATH: process.env.PATH, ...env },
  })
}

const isAnythingPending = async (urls: DatabaseUrls): Promise<boolean> => {
  const pending = await Promise.all(
    databaseServices.map(async service => {
      const pool = new pg.Pool({ connectionString: urls[service], max: 1 })
      // Also on its way out, a connection may hear that the server lets it go; without a listener that ends the process.
      pool.on('error', () => undefined)
      try {
        const migrationsPath = join(serviceFolder(service), 'prisma/migrations')
        return await pendingMigrations({ pool, schema: schemaOf(service), migrationsPath })
      } finally {
        await pool.end()
      }
    }),
  )
  return pending.flat().length > 0
}
