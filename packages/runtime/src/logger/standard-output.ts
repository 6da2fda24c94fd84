/**
 * Standard output, one write for all lines of a turn of the event loop: under load a write, and waking who reads it,
 * cost more than the line did. Nothing waits for a clock, lines keep their order, and what is left is written when
 * the process exits; only `kill -9` in mid-turn can lose the lines of that turn.
 */
import { type DestinationStream, pino } from 'pino'

let opened: DestinationStream | undefined

const open = (): DestinationStream => {
  const output = pino.destination({ fd: process.stdout.fd, sync: true })
  let lines = ''
  const flush = (): void => {
    const text = lines
    lines = ''
    if (text !== '') output.write(text)
  }
  process.once('exit', flush)
  return {
    write: line => {
      if (lines === '') setImmediate(flush)
      lines += line
    },
  }
}

/** The same for all loggers of a process, so that their lines keep their order too. */
export const standardOutput = (): DestinationStream => {
  opened ??= open()
  return opened
}
