/** Whether the migrations, replayed from nothing, make exactly what the Prisma schema describes. */
import { everything, readDatamodel, withEngine } from './engine.ts'
import { readMigrations } from './migration-files.ts'
import { withScratchDatabase } from './scratch-database.ts'

export interface DriftInit {
  readonly schemaPath: string
  readonly migrationsPath: string
  /** Any database of a server on which databases may be created; the replay has one of its own there. */
  readonly shadowUrl: string
}

/**
 * The SQL that leads from the migrations to the Prisma schema; undefined when they agree. What Prisma can't
 * describe (partial indexes, checks, functions) is written by hand in a migration and counts as agreeing.
 */
export const findDrift = async (init: DriftInit): Promise<string | undefined> => {
  const datamodel = await readDatamodel(init.schemaPath)
  const migrations = await readMigrations(init.migrationsPath)
  return withScratchDatabase(init.shadowUrl, async url => {
    const connection = { connectionString: url }
    const { stdout } = await withEngine(
      datamodel,
      { connection, schema: 'public', shadow: connection },
      engine =>
        engine.diff({
          from: { tag: 'migrations', ...migrations },
          to: { tag: 'schemaDatamodel', ...datamodel },
          script: true,
          exitCode: true,
          filters: everything,
        }),
    )
    return statementsOf(stdout ?? '')
  })
}

/** The schema itself is made by `provision`, and the engine's word for "no change" is a comment. */
const statementsOf = (script: string): string | undefined => {
  const statements = script.replace(/^-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n*/, '').trim()
  return /^(?!--)\S/m.test(statements) ? `${statements}\n` : undefined
}
