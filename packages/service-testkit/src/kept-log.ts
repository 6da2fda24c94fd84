/** What a service logs, kept for a test to look at. */
import { Writable } from 'node:stream'
import { createLogger, type Logger } from '@latchkey/runtime/logger'

export interface KeptLog {
  /** Each JSON line as it was written. */
  readonly lines: string[]
  /** The same as objects. */
  readonly entries: () => Record<string, unknown>[]
  readonly loggerOf: (service: string) => Logger
}

export const createKeptLog = (): KeptLog => {
  const lines: string[] = []
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(...chunk.toString().trimEnd().split('\n'))
      done()
    },
  })
  return {
    lines,
    entries: () => lines.map(line => JSON.parse(line) as Record<string, unknown>),
    loggerOf: service => createLogger({ service, level: 'DEBUG', destination }),
  }
}
