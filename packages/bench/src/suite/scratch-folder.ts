/** A folder for one run of the bench, open for the account that Postgres runs as. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'

export interface ScratchFolder {
  readonly path: string
  readonly remove: () => Promise<void>
}

export const createScratchFolder = async (): Promise<ScratchFolder> => {
  const path = await mkdtemp(join('/var/tmp', 'latchkey-bench-'))
  await chmod(path, 0o755)
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
}
