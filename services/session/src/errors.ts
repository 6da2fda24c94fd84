/** What the failures of this service mean to its callers. What is not listed here is a bug, and says nothing. */
import { RpcError } from '@latchkey/runtime/grpc'
import { isDatabaseUnavailable } from '@latchkey/runtime/postgres'
import { Problem, unavailable } from '@latchkey/runtime/problem'
import { KeysUnavailableError, TokenError } from '@latchkey/sdk'

/** @see RFC 6750 §3, RFC 9110 §15.6.4 */
export const toProblem = (error: unknown): Problem | undefined => {
  if (error instanceof TokenError)
    return new Problem({
      status: 401,
      code: error.code.toUpperCase(),
      detail: error.message,
      headers: { 'WWW-Authenticate': error.challenge },
      cause: error,
    })
  if (error instanceof KeysUnavailableError) return unavailable(undefined, error.retryAfterSeconds, error)
  if (isDatabaseUnavailable(error)) return unavailable(undefined, undefined, error)
  return undefined
}

export const toRpcError = (error: unknown): RpcError | undefined =>
  isDatabaseUnavailable(error)
    ? new RpcError('DATABASE_UNAVAILABLE', 'UNAVAILABLE', 'the database is not available', { cause: error })
    : undefined
