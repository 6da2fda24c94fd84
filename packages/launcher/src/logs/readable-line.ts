/** A log line as a person reads it in a terminal: time, level, process, message, and the members that matter. */
import { styleText } from 'node:util'
import type { LogLine } from './json-line.ts'

const shownBefore = new Set(['timestamp', 'level', 'message', 'service', 'error', 'trace_id', 'span_id'])

const colors = { ERROR: 'red', WARN: 'yellow', INFO: 'green', DEBUG: 'gray' } as const

const isColored = (level: string): level is keyof typeof colors => Object.hasOwn(colors, level)

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const errorText = (error: unknown): string[] => {
  if (typeof error !== 'object' || error === null) return []
  const { type = 'Error', message = '', stack } = error as { type?: string; message?: string; stack?: string }
  return typeof stack === 'string' ? [`\n    ${stack.replaceAll('\n', '\n    ')}`] : [`${type}: ${message}`]
}

/** `colored` false gives plain text, for a pipe. */
export const readableLine = (name: string, line: LogLine, colored: boolean): string => {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    colored ? styleText(style, text, { validateStream: false }) : text
  const level = line.level.padEnd(5)
  const members = Object.entries(line)
    .filter(([key]) => !shownBefore.has(key))
    .map(([key, value]) => paint('dim', `${key}=${show(value)}`))
  return [
    paint('dim', line.timestamp.slice(11, 19)),
    isColored(line.level) ? paint(colors[line.level], level) : level,
    paint('cyan', name.padEnd(19)),
    line.message,
    ...members,
    ...errorText(line.error),
  ].join(' ')
}
