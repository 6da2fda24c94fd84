/**
 * The stores, a crashing Node and a service whose settings are wrong write plain text; in the log files every line is an
 * object all the same.
 */

/** What of that is worth a look. */
const severe = /\b(FATAL|PANIC|ERROR)\b|^Error\b|^\s+at |: these settings need attention$/
/** What Postgres answers to whoever asks whether it is ready yet. */
const harmless = /FATAL: {2}the database system is (starting up|shutting down|not yet accepting connections)/

const levelOf = (line: string): string => (severe.test(line) && !harmless.test(line) ? 'ERROR' : 'INFO')

export interface LogLine {
  readonly timestamp: string
  readonly level: string
  readonly message: string
  readonly service: string
  readonly [member: string]: unknown
}

const isLogLine = (value: unknown): value is LogLine =>
  typeof value === 'object' &&
  value !== null &&
  'message' in value &&
  'level' in value &&
  'timestamp' in value

/** The object that `line` is, or one around it. */
export const parseLine = (service: string, line: string, at: Date): LogLine => {
  if (line.startsWith('{')) {
    try {
      const value: unknown = JSON.parse(line)
      if (isLogLine(value)) return value
    } catch {
      // Not JSON after all: wrapped like any other text.
    }
  }
  return { timestamp: at.toISOString(), level: levelOf(line), message: line, service }
}
