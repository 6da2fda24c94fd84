/**
 * What a failed statement means, told the same way whether it came through `pg` or through Prisma's adapter,
 * which wraps the driver's error. Codes decide; only the driver's own code-less errors are told by their text.
 */
import { networkCodes } from '../outage/network-codes.ts'

/**
 * Whether a unique constraint or index refused the row; with `constraint`, only the one of that name.
 * SQLSTATE 23505, Prisma P2002.
 */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  layersOf(error).some(layer => {
    const name = violatedConstraint(layer)
    return name !== undefined && (constraint === undefined || name === constraint)
  })

/** The name of the violated constraint, '' where only the fact is known, undefined for other errors. */
const violatedConstraint = (layer: object): string | undefined => {
  if (textOf(layer, 'code') === '23505') return textOf(layer, 'constraint') ?? ''
  if (textOf(layer, 'kind') === 'UniqueConstraintViolation') {
    const constraint: unknown = Reflect.get(layer, 'constraint')
    return isObject(constraint) ? (textOf(constraint, 'index') ?? '') : ''
  }
  return textOf(layer, 'code') === 'P2002' ? '' : undefined
}

/**
 * Whether Postgres could not be reached, was going down or coming up, had no connection to give, or did not
 * answer in time: the caller answers 503 and the client may try again.
 */
export const isDatabaseUnavailable = (error: unknown): boolean =>
  layersOf(error).some(
    layer =>
      isUnavailableCode(textOf(layer, 'code')) ||
      isUnavailableCode(textOf(layer, 'originalCode')) ||
      unavailableKinds.has(textOf(layer, 'kind') ?? '') ||
      codelessDriverErrors.has(textOf(layer, 'message') ?? ''),
  )

const isUnavailableCode = (code: string | undefined): boolean =>
  code !== undefined && (unavailableCodes.has(code) || /^08\w{3}$/.test(code))

const unavailableCodes: ReadonlySet<string> = new Set([
  ...networkCodes,
  // going down, crashed, coming up, closed for connections, too many of them
  '57P01',
  '57P02',
  '57P03',
  '55000',
  '53300',
  // the statement ran too long; the transaction idled too long
  '57014',
  '25P03',
  // Prisma: not reachable, timed out, connection closed, no connection from the pool in time
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
])

const unavailableKinds: ReadonlySet<string> = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
])

const codelessDriverErrors: ReadonlySet<string> = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Query read timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
])

// Deeper chains are cycles.
const depthLimit = 5

/** The error, what caused it, and what Prisma hides below `meta`. */
const layersOf = (error: unknown, depth = 0): readonly object[] => {
  if (!isObject(error) || depth > depthLimit) return []
  const meta: unknown = Reflect.get(error, 'meta')
  const inner: unknown = isObject(meta) ? Reflect.get(meta, 'driverAdapterError') : undefined
  return [error, ...[Reflect.get(error, 'cause'), inner].flatMap(each => layersOf(each, depth + 1))]
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const textOf = (object: object, name: string): string | undefined => {
  const value: unknown = Reflect.get(object, name)
  return typeof value === 'string' ? value : undefined
}
