/**
 * Lines of one turn of the event loop, written together: under load a write costs more than the line that it writes.
 * Nothing waits for a clock, and what is left is written when the process exits.
 */

/** @param write gets the lines of one name, with line breaks between them */
export const createTurnLines = (write: (name: string, lines: string) => void) => {
  const waiting = new Map<string, string>()

  const flush = (): void => {
    const turn = [...waiting]
    waiting.clear()
    for (const [name, lines] of turn) write(name, lines)
  }
  process.once('exit', flush)

  return {
    add: (name: string, line: string): void => {
      if (waiting.size === 0) setImmediate(flush)
      const before = waiting.get(name)
      waiting.set(name, before === undefined ? line : `${before}\n${line}`)
    },
    flush,
  }
}
