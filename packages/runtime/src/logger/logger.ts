/**
 * Logs: one JSON object a line on standard output, with the request and trace that it belongs to. Everything
 * passes through `redact`, so a line never holds a password, a token, a code or a full email address.
 */
import { type DestinationStream, type LoggerOptions, pino } from 'pino'
import { currentContext } from '../context/index.ts'
import { redact, redactText } from './redact.ts'
import { serializeError } from './serialize-error.ts'

export const logLevels = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const

export type LogLevel = (typeof logLevels)[number]

interface Log {
  (message: string): void
  /** Members go into the line; an error goes under `error`. */
  (members: object, message: string): void
}

export interface Logger {
  readonly debug: Log
  readonly info: Log
  readonly warn: Log
  readonly error: Log
  /** A logger that adds `members` to each of its lines. */
  child(members: Record<string, unknown>): Logger
}

export interface LoggerInit {
  /** The process's name: `token`, `notification-worker`. */
  readonly service: string
  readonly level?: LogLevel
  /** Where lines go; standard output by default. */
  readonly destination?: DestinationStream
}

const placeInTrace = (): object => {
  const context = currentContext()
  if (context === undefined) return {}
  return { request_id: context.requestId, trace_id: context.traceId, span_id: context.spanId }
}

const members = (line: Record<string, unknown>): Record<string, unknown> => {
  const { err, error = err, ...rest } = line
  if (error === undefined) return redactObject(rest)
  return { ...redactObject(rest), error: redact(serializeError(error)) }
}

const redactObject = (line: object): Record<string, unknown> => ({ ...(redact(line) as object) })

const options = ({ service, level = 'INFO' }: LoggerInit): LoggerOptions => ({
  level: level.toLowerCase(),
  base: { service },
  messageKey: 'message',
  errorKey: 'error',
  timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
  mixin: placeInTrace,
  // In place of pino's own, which would put the stack and the members of every error back in.
  serializers: { err: error => error, error: error => error },
  formatters: {
    level: label => ({ level: label.toUpperCase() }),
    bindings: bindings => redactObject(bindings),
    log: members,
  },
  hooks: {
    logMethod([first, message], method) {
      if (typeof first === 'string') return method.apply(this, [redactText(first)])
      const text = typeof message === 'string' ? redactText(message) : message
      method.apply(this, [first instanceof Error ? { error: first } : first, text])
    },
  },
})

/** Lines come out in order and at once, so none is lost when the process exits. */
export const createLogger = (init: LoggerInit): Logger =>
  init.destination === undefined ? pino(options(init)) : pino(options(init), init.destination)
