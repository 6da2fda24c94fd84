/** The data folder of a suite: its parts by name, so that only what is ours is ever removed. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { dataFolderUnusable } from './refusals.ts'

const parts = [
  'postgres',
  'redis',
  'certificates',
  'cache',
  'logs',
  'ports.json',
  'secrets.json',
  'stack.json',
] as const

export type DataPart = (typeof parts)[number]

export interface DataFolder {
  readonly path: string
  readonly at: (part: DataPart) => string
  /** Replaces a file as a whole, readable by its owner alone. */
  readonly write: (part: DataPart, value: unknown) => Promise<void>
  readonly remove: (part: DataPart) => Promise<void>
  /** For `--fresh`: everything of ours, nothing else. */
  readonly clear: () => Promise<void>
}

export const openDataFolder = async (dataDir: string): Promise<DataFolder> => {
  const path = resolve(dataDir)
  const at = (part: DataPart): string => join(path, part)
  // Others may pass through: where we are root, Postgres runs as somebody else. What is secret below is closed.
  await mkdir(path, { recursive: true, mode: 0o755 }).catch(cause => {
    throw dataFolderUnusable(path, cause)
  })
  let drafts = 0
  return {
    path,
    at,
    write: async (part, value) => {
      drafts += 1
      const draft = `${at(part)}.${process.pid}.${drafts}`
      await writeFile(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
      await rename(draft, at(part))
    },
    remove: part => rm(at(part), { recursive: true, force: true }),
    clear: async () => {
      for (const part of parts) await rm(at(part), { recursive: true, force: true })
    },
  }
}

/** Reads a JSON file; undefined where there is none or it was never finished. */
export const parseJsonFile = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
