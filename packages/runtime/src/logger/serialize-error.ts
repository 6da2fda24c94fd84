/**
 * The members of an error that are logged, by name. Everything else that libraries hang on errors (the
 * arguments of a Redis command, the parameters or the row of a failed statement) stays out.
 */
import { isNativeError } from 'node:util/types'

export interface SerializedError {
  readonly type: string
  readonly message: string
  /** A stable word for what went wrong: our `reason`, a Problem's or a library's `code`. */
  readonly reason?: string
  readonly stack?: string
  readonly cause?: SerializedError
  readonly errors?: readonly SerializedError[]
}

/** True for errors of every realm: a worker, a VM context and a test runner have classes of their own. */
export const isError = (value: unknown): value is Error => value instanceof Error || isNativeError(value)

// A chain longer than this is a cycle or says nothing new.
const causeLimit = 4

export const serializeError = (error: unknown, depth = 0): SerializedError => {
  if (!isError(error)) return { type: typeof error, message: String(error) }
  const reason = reasonOf(error)
  const nested = depth < causeLimit
  const parts = nested ? partsOf(error) : []
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: error.message,
    ...(reason === undefined ? {} : { reason }),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(nested && error.cause !== undefined ? { cause: serializeError(error.cause, depth + 1) } : {}),
    ...(parts.length === 0 ? {} : { errors: parts.map(part => serializeError(part, depth + 1)) }),
  }
}

// Of an AggregateError: node's own for a host whose addresses have all refused, for one.
const partsOf = (error: Error): readonly Error[] =>
  'errors' in error && Array.isArray(error.errors) ? error.errors.filter(isError).slice(0, 5) : []

const reasonOf = (error: Error): string | undefined => {
  for (const name of ['reason', 'code']) {
    const value: unknown = Reflect.get(error, name)
    if (typeof value === 'string' || typeof value === 'number') return String(value)
  }
  return undefined
}
