/** What this service's own failures look like from outside; outages of others are the runtime's to tell. */
import { RpcError } from '@latchkey/runtime/grpc'
import { type Problem, unavailable } from '@latchkey/runtime/problem'
import { NoSigningKeyError } from './keys/keyring.ts'

/** 503 while there is no key to sign with; undefined for the unexpected. */
export const toProblem = (error: unknown): Problem | undefined =>
  error instanceof NoSigningKeyError ? unavailable(undefined, undefined, error) : undefined

/** The same over gRPC. */
export const toRpcError = (error: unknown): RpcError | undefined =>
  error instanceof NoSigningKeyError
    ? new RpcError('NO_SIGNING_KEY', 'UNAVAILABLE', 'there is no key to sign with yet', { cause: error })
    : undefined
