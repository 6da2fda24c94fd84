/** What the processes say: JSON lines in a file each, and readable lines for the terminal. */
export { createLogFiles } from './log-files.ts'
export { readableLine } from './readable-line.ts'
