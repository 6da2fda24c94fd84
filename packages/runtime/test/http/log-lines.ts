/** A logger whose lines a test can read. */
import { createLogger, type LogLevel } from '../../src/logger/index.ts'

export const createLogLines = (level: LogLevel = 'DEBUG') => {
  const text: string[] = []
  const logger = createLogger({ service: 'test', level, destination: { write: line => text.push(line) } })
  const lines = (): Record<string, unknown>[] => text.map(line => JSON.parse(line))
  return { logger, text, lines, access: () => lines().filter(line => line.message === 'request') }
}
