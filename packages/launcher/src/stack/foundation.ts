/** What a suite stands on before anything runs: its folder, held by it alone, its secrets, ports and journal. */
import { readFile } from 'node:fs/promises'
import { type Closing, createClosing } from '@latchkey/runtime/lifecycle'
import type { LauncherConfig } from '../config.ts'
import { type DataFolder, openDataFolder, parseJsonFile } from './data-folder.ts'
import { forgetEverything } from './fresh.ts'
import { lockInstance } from './instance-lock.ts'
import { type Journal, openJournal } from './journal.ts'
import { openPortBook, type PortBook } from './port-book.ts'
import { alreadyRunning } from './refusals.ts'
import { loadSecrets, type Secrets } from './secrets.ts'

export interface FoundationInit {
  readonly config: LauncherConfig
  readonly dataDir: string
  readonly fresh: boolean
  readonly print: ((line: string) => void) | undefined
  readonly colored: boolean
}

export interface Foundation {
  readonly folder: DataFolder
  readonly secrets: Secrets
  readonly book: PortBook
  readonly journal: Journal
  /** Closes what was opened, the journal last. */
  readonly closing: Closing
  /** The last launcher on this folder was killed; its services may still be ending. */
  readonly abandoned: boolean
}

/** @throws StartRefused when a suite runs on this folder already */
export const layFoundation = async ({
  config,
  dataDir,
  fresh,
  print,
  colored,
}: FoundationInit): Promise<Foundation> => {
  const folder = await openDataFolder(dataDir)
  const lock = await lockInstance(folder.path)
  if (lock.outcome === 'running') {
    throw alreadyRunning(folder.path, await runningGateway(folder.at('stack.json')))
  }
  try {
    await folder.remove('stack.json')
    if (fresh) {
      const [book, secrets] = [await openPortBook(folder), await loadSecrets(folder, config.DATABASE_URL)]
      await forgetEverything({ folder, book, secrets, config })
    }
    const secrets = await loadSecrets(folder, config.DATABASE_URL)
    const book = await openPortBook(folder)
    const journal = openJournal({ logs: folder.at('logs'), print, colored })
    const closing = createClosing(journal.logger)
    closing.add('journal', journal.close)
    closing.add('lock', lock.release)
    return { folder, secrets, book, journal, closing, abandoned: lock.abandoned }
  } catch (error) {
    await lock.release()
    throw error
  }
}

const runningGateway = async (file: string): Promise<string | undefined> => {
  const info = parseJsonFile(await readFile(file, 'utf8').catch(() => ''))
  const gateway = typeof info === 'object' && info !== null && 'gateway' in info ? info.gateway : undefined
  return typeof gateway === 'string' ? gateway : undefined
}
