/** The migrations folder: `<timestamp>_<name>/migration.sql`, in the order of their names. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MigrationList } from '@prisma/schema-engine-wasm'

/** Names of all migrations, oldest first; none where the folder does not exist yet. */
export const listMigrations = async (migrationsPath: string): Promise<string[]> => {
  try {
    const entries = await readdir(migrationsPath, { withFileTypes: true })
    return entries.flatMap(entry => (entry.isDirectory() ? [entry.name] : [])).sort()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT'

/** The folder's content in the engine's form. */
export const readMigrations = async (migrationsPath: string): Promise<MigrationList> => {
  const names = await listMigrations(migrationsPath)
  return {
    baseDir: migrationsPath,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async name => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(join(migrationsPath, name, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  }
}
