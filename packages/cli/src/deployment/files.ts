/** Files that appear whole or not at all, with their mode from the first byte on. */
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'

export const readFileIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT'

export const replaceFile = async (path: string, text: string, mode: number): Promise<void> => {
  const draft = `${path}.${process.pid}.new`
  await writeFile(draft, text, { mode })
  // The mask of the process may have taken bits away that a reader in another container needs.
  await chmod(draft, mode)
  await rename(draft, path)
}

/** A folder that is there already keeps its owner and mode: it may be the root of a volume. */
export const ensureFolder = async (path: string, mode: number): Promise<void> => {
  if ((await mkdir(path, { recursive: true, mode })) !== undefined) await chmod(path, mode)
}
