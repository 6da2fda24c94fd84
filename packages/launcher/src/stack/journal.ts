/** Everything that the suite says: each process to its file, and readable to the terminal. */
import { createLogger, type Logger } from '@latchkey/runtime/logger'
import { createLogFiles, createTurnLines, parseLine, readableLine } from '../logs/index.ts'
import type { ProcessEvents } from '../processes/index.ts'

export interface JournalInit {
  /** The folder of the log files. */
  readonly logs: string
  readonly print?: ((line: string) => void) | undefined
  readonly colored: boolean
}

/** The stores chatter at each start and checkpoint: only what is wrong with them belongs on the screen. */
const quiet = new Set(['postgres', 'redis', 'demo-provider'])

export const openJournal = ({ logs, print, colored }: JournalInit) => {
  const files = createLogFiles(logs)
  const filed = createTurnLines((name, lines) => files.write(name, lines))
  const printed = createTurnLines((_, lines) => print?.(lines))

  const take = (name: string, text: string): void => {
    const line = parseLine(name, text, new Date())
    // What had to be wrapped is the message of its line.
    filed.add(name, line.message === text ? JSON.stringify(line) : text)
    if (print === undefined || (quiet.has(name) && line.level === 'INFO')) return
    printed.add('', readableLine(name, line, colored))
  }

  const logger: Logger = createLogger({
    service: 'launcher',
    destination: { write: line => take('launcher', line.trimEnd()) },
  })

  const events: Pick<ProcessEvents, 'onLine' | 'onDeath'> = {
    onLine: take,
    onDeath: (name, how, delayMs) =>
      logger.warn(
        delayMs === undefined
          ? `${name} ${how}; it stays away`
          : `${name} ${how}; starting it again in ${delayMs / 1_000} s`,
      ),
  }

  return {
    logger,
    events,
    close: (): void => {
      printed.flush()
      filed.flush()
      files.close()
    },
  }
}

export type Journal = ReturnType<typeof openJournal>
