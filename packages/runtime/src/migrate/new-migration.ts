/** Writes the migration that a change of the Prisma schema asks for. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DriftInit, findDrift } from './drift.ts'

export interface NewMigrationInit extends DriftInit {
  /** What it does, in snake case: `add_devices`. */
  readonly name: string
  readonly at: Date
}

/**
 * Gives the new file's path, or undefined when the migrations already make what the schema describes.
 * @throws TypeError for a name that is not snake case
 */
export const writeNewMigration = async ({
  name,
  at,
  ...init
}: NewMigrationInit): Promise<string | undefined> => {
  if (!/^[a-z][a-z0-9_]{2,59}$/.test(name))
    throw new TypeError('a migration is named in snake case: add_devices')
  const script = await findDrift(init)
  if (script === undefined) return undefined
  const timestamp = at.toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const folder = join(init.migrationsPath, `${timestamp}_${name}`)
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'migration.sql')
  await writeFile(path, script)
  return path
}
