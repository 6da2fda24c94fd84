/** What this service's own failures look like from outside; outages of others are the runtime's to tell. */
import { OAuthError } from '@latchkey/oauth'
import { RpcError } from '@latchkey/runtime/grpc'
import { Problem, unavailable } from '@latchkey/runtime/problem'
import { NoSigningKeyError } from './keys/keyring.ts'

/** OAuth's own errors in its words; 503 while there is no key to sign with; undefined for the unexpected. */
export const toProblem = (error: unknown): Problem | undefined => {
  if (error instanceof OAuthError) {
    return new Problem({
      status: error.status,
      code: error.error.toUpperCase(),
      oauthError: error.error,
      detail: error.description,
      headers: error.headers,
      cause: error.cause,
    })
  }
  return error instanceof NoSigningKeyError ? unavailable(undefined, undefined, error) : undefined
}

/** The same over gRPC. */
export const toRpcError = (error: unknown): RpcError | undefined =>
  error instanceof NoSigningKeyError
    ? new RpcError('NO_SIGNING_KEY', 'UNAVAILABLE', 'there is no key to sign with yet', { cause: error })
    : undefined
