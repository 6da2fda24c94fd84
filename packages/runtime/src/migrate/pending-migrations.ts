/** What the code expects of the schema and the schema does not have yet: not ready until it does. */
import pg from 'pg'
import { listMigrations } from './migration-files.ts'

export interface PendingMigrationsInit {
  readonly pool: pg.Pool
  readonly schema: string
  readonly migrationsPath: string
}

/** Names of the migrations in the folder that are not applied, oldest first. A newer schema has none. */
export const pendingMigrations = async (init: PendingMigrationsInit): Promise<string[]> => {
  const [expected, applied] = await Promise.all([
    listMigrations(init.migrationsPath),
    appliedMigrations(init),
  ])
  return expected.filter(name => !applied.has(name))
}

const appliedMigrations = async ({ pool, schema }: PendingMigrationsInit): Promise<ReadonlySet<string>> => {
  const table = `${pg.escapeIdentifier(schema)}._prisma_migrations`
  try {
    const { rows } = await pool.query<{ migration_name: string }>(
      `SELECT migration_name FROM ${table} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
    )
    return new Set(rows.map(row => row.migration_name))
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === undefinedTable) return new Set()
    throw error
  }
}

// Before the first migration there is no list of them.
const undefinedTable = '42P01'

/**
 * A health check that fails while migrations are pending. Once the schema has been seen up to date it is never
 * asked again, since migrations are not taken back below running code.
 */
const createMigrationCheck = (init: PendingMigrationsInit): (() => Promise<void>) => {
  let upToDate = false
  return async () => {
    if (upToDate) return
    const pending = await pendingMigrations(init)
    if (pending.length > 0) throw new Error(`migrations pending: ${pending.join(', ')}`)
    upToDate = true
  }
}

/** The health checks of a service's database: that it answers, and that its schema is what the code expects. */
export const createDatabaseChecks = (init: PendingMigrationsInit) => ({
  database: (): Promise<unknown> => init.pool.query('SELECT 1'),
  migrations: createMigrationCheck(init),
})
