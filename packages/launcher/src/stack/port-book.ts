/** The ports of a suite: those of the last start where they are still free, so that a bookmark stays true. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { freePort, isPortFree } from '../processes/index.ts'
import { type DataFolder, parseJsonFile } from './data-folder.ts'

const book = z.record(z.string(), z.number().int().min(1).max(65_535))

export interface PortBook {
  /** The port of `purpose` at the last start. */
  readonly last: (purpose: string) => number | undefined
  readonly take: (purpose: string) => Promise<number>
  readonly save: () => Promise<void>
}

export const openPortBook = async (folder: DataFolder): Promise<PortBook> => {
  const text = await readFile(folder.at('ports.json'), 'utf8').catch(() => '')
  const known = book.safeParse(parseJsonFile(text))
  const last = known.success ? known.data : {}
  const taken = new Map<string, number>()

  const take = async (purpose: string): Promise<number> => {
    const before = last[purpose]
    const isTaken = (port: number): boolean => [...taken.values()].includes(port)
    let port =
      before !== undefined && !isTaken(before) && (await isPortFree(before)) ? before : await freePort()
    while (isTaken(port)) port = await freePort()
    taken.set(purpose, port)
    return port
  }

  return {
    last: purpose => last[purpose],
    take,
    save: () => folder.write('ports.json', { ...last, ...Object.fromEntries(taken) }),
  }
}
