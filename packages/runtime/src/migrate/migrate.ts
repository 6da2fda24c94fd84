/**
 * Brings a service's schema up to the code. Any number of replicas may call it at once: one works, the others
 * wait and find nothing left to do.
 */
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import type { Logger } from '../logger/index.ts'
import { sessionOptions } from '../postgres/index.ts'
import { withAdvisoryLock } from './advisory-lock.ts'
import { everything, readDatamodel, withEngine } from './engine.ts'
import { readMigrations } from './migration-files.ts'

export interface MigrateInit {
  /** As the owner of the schema: the URL that the service itself uses. */
  readonly databaseUrl: string
  /** Must exist already; see `provision`. */
  readonly schema: string
  /** The service's `prisma/schema.prisma`. */
  readonly schemaPath: string
  /** The service's `prisma/migrations`. */
  readonly migrationsPath: string
  readonly logger: Pick<Logger, 'info' | 'warn'>
}

// A migration that waits for a table's lock makes everybody else wait behind it: better to fail and be run again.
const lockTimeout = '10s'

/**
 * Applies what is pending, each migration in one transaction, and gives the names of those applied.
 * @throws what the failed migration threw; it left nothing behind and is tried again by the next call
 */
export const migrate = (init: MigrateInit): Promise<readonly string[]> =>
  withAdvisoryLock(init.databaseUrl, `latchkey migrate ${init.schema}`, async () => {
    const connection = sessionOptions(init.databaseUrl, {
      search_path: init.schema,
      lock_timeout: lockTimeout,
    })
    const datamodel = await readDatamodel(init.schemaPath)
    const migrationsList = await readMigrations(init.migrationsPath)
    return withEngine(datamodel, { connection, schema: init.schema }, async engine => {
      for (const migration of await forgetFailures(engine, migrationsList)) {
        init.logger.warn({ schema: init.schema, migration }, 'a migration that did not finish is tried again')
      }
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: everything })
      for (const migration of appliedMigrationNames) {
        init.logger.info({ schema: init.schema, migration }, 'migration applied')
      }
      return appliedMigrationNames
    })
  })

/**
 * The engine refuses to go on after a migration that failed or was killed, since with other databases half of it
 * may stand. Here it was rolled back, and behind our lock it can't be running.
 */
const forgetFailures = async (
  engine: SchemaEngine,
  migrationsList: Awaited<ReturnType<typeof readMigrations>>,
): Promise<readonly string[]> => {
  const { failedMigrationNames } = await engine.diagnoseMigrationHistory({
    migrationsList,
    optInToShadowDatabase: false,
    filters: everything,
  })
  for (const migrationName of failedMigrationNames) await engine.markMigrationRolledBack({ migrationName })
  return failedMigrationNames
}
