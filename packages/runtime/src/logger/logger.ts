/**
 * Logs: one JSON object a line on standard output, with the request and trace that it belongs to. Everything
 * passes through `redact`, so a line never holds a password, a token, a code or a full email address.
 */
import { type DestinationStream, type LoggerOptions, type Logger as Pino, pino } from 'pino'
import { currentContext, type RequestContext } from '../context/index.ts'
import { redact, redactMembers, redactText } from './redact.ts'
import { isError, serializeError } from './serialize-error.ts'
import { standardOutput } from './standard-output.ts'

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

/** Members that tell which request a line belongs to. A logger adds those of the current one by itself. */
export const placeInTrace = ({ requestId, traceId, spanId }: RequestContext) => ({
  request_id: requestId,
  trace_id: traceId,
  span_id: spanId,
})

const currentPlace = (): object => {
  const context = currentContext()
  return context === undefined ? {} : placeInTrace(context)
}

const options = ({ service, level = 'INFO' }: LoggerInit): LoggerOptions => ({
  level: level.toLowerCase(),
  base: { service },
  messageKey: 'message',
  timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
  mixin: currentPlace,
  // In place of pino's own, which would put the stack and the members of every error back in.
  serializers: { err: error => error },
  formatters: { level: label => ({ level: label.toUpperCase() }) },
})

const safeMembers = (line: object): object => {
  if (isError(line)) return { error: redact(line) }
  const { err, error = err, ...rest }: { err?: unknown; error?: unknown } = { ...line }
  const safe = redactMembers(rest)
  return error === undefined ? safe : { ...safe, error: redact(serializeError(error)) }
}

const logTo = (target: Pino): Logger => {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => {
    const log = (first: string | object, message = ''): void => {
      if (!target.isLevelEnabled(level)) return
      if (typeof first === 'string') target[level](redactText(first))
      else target[level](safeMembers(first), redactText(message))
    }
    return log
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: members => logTo(target.child(redactMembers(members))),
  }
}

export const createLogger = (init: LoggerInit): Logger =>
  logTo(pino(options(init), init.destination ?? standardOutput()))
