/** What the processes say: JSON lines in a file each, and readable lines for the terminal. */
export { parseLine } from './json-line.ts'
export { createLogFiles } from './log-files.ts'
export { readableLine } from './readable-line.ts'
export { createTurnLines } from './turn-lines.ts'
