/**
 * Standard output, one write for many lines: under load a write, and waking who reads it, cost more than the line did.
 * Lines keep their order. The first after a moment of silence leaves with its turn of the event loop, those that follow
 * closely wait for at most a hundredth of a second, and what is left is written when the process exits: only `kill -9` can
 * lose the lines of that moment.
 */
import { type DestinationStream, pino } from 'pino'

let opened: DestinationStream | undefined

const busyMs = 10

const open = (): DestinationStream => {
  const output = pino.destination({ fd: process.stdout.fd, sync: true })
  let lines = ''
  let writtenMs = Number.NEGATIVE_INFINITY
  const flush = (): void => {
    const text = lines
    lines = ''
    writtenMs = performance.now()
    if (text !== '') output.write(text)
  }
  process.once('exit', flush)
  return {
    write: line => {
      if (lines === '') {
        if (performance.now() - writtenMs < busyMs) setTimeout(flush, busyMs)
        else setImmediate(flush)
      }
      lines += line
    },
  }
}

/** The same for all loggers of a process, so that their lines keep their order too. */
export const standardOutput = (): DestinationStream => {
  opened ??= open()
  return opened
}
