/** What failures of this service look like from outside: all of them pass, so all are worth another try. */
import { isUnavailable, RpcError } from '@latchkey/runtime/grpc'
import { isDatabaseUnavailable } from '@latchkey/runtime/postgres'
import { type Problem, unavailable } from '@latchkey/runtime/problem'
import { NoSigningKeyError } from './keys/keyring.ts'

const isPassing = (error: unknown) =>
  error instanceof NoSigningKeyError || isDatabaseUnavailable(error) || isUnavailable(error)

/** 503 with `Retry-After` for what passes; undefined for the unexpected. */
export const toProblem = (error: unknown): Problem | undefined =>
  isPassing(error) ? unavailable(undefined, 5, error) : undefined

/** UNAVAILABLE for what passes; undefined for the unexpected. */
export const toRpcError = (error: unknown): RpcError | undefined =>
  isPassing(error)
    ? new RpcError('TEMPORARILY_UNAVAILABLE', 'UNAVAILABLE', 'the token service cannot do this now', {
        cause: error,
      })
    : undefined
