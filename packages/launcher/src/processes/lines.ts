/** Turns a child's output into whole lines, whatever chunks it comes in. */
import type { Readable } from 'node:stream'

// A process gone mad must not fill the launcher's memory with one endless line.
const maxLineChars = 256 * 1024

export const onLines = (stream: Readable, take: (line: string) => void): void => {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') take(line)
    if (rest.length > maxLineChars) {
      take(rest)
      rest = ''
    }
  })
  stream.on('end', () => {
    if (rest !== '') take(rest)
  })
}
