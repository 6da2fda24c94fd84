/**
 * What callers are told when a part that a request needs is away: it passes, and the same request may work later. HTTP
 * and gRPC servers ask here after the service's own table of errors, so that no service can forget an outage.
 */
import { isUnavailable, RpcError } from '../grpc/rpc-error.ts'
import { isDatabaseUnavailable } from '../postgres/errors.ts'
import { type Problem, unavailable } from '../problem/index.ts'

/** 503 with `Retry-After`; undefined for what is no outage. @see RFC 9110 §15.6.4 */
export const outageProblem = (error: unknown): Problem | undefined =>
  isDatabaseUnavailable(error) || isUnavailable(error) ? unavailable(undefined, undefined, error) : undefined

/** UNAVAILABLE with the reason; undefined for what is no outage. */
export const outageRpcError = (error: unknown): RpcError | undefined => {
  const failed = (reason: string, message: string) =>
    new RpcError(reason, 'UNAVAILABLE', message, { cause: error })
  if (isDatabaseUnavailable(error)) return failed('DATABASE_UNAVAILABLE', 'the database is not available')
  if (isUnavailable(error)) return failed('DEPENDENCY_UNAVAILABLE', 'a service that this one needs is away')
  return undefined
}
