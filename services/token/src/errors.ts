/** What this service's own failures look like from outside; outages of others are the runtime's to tell. */
import { OAuthError } from '@latchkey/oauth'
import { RpcError, type RpcStatus } from '@latchkey/runtime/grpc'
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

const rpcStatuses: Readonly<Record<number, RpcStatus>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  503: 'UNAVAILABLE',
}

/** What another service needs to answer it as we would: the status of HTTP and the headers are the metadata. */
const toOAuthRpcError = (error: OAuthError): RpcError => {
  const headers = Object.entries(error.headers).map(([name, value]) => [name.toLowerCase(), value])
  return new RpcError(
    error.error.toUpperCase(),
    rpcStatuses[error.status] ?? 'INVALID_ARGUMENT',
    error.description,
    { metadata: { ...Object.fromEntries(headers), status: String(error.status) }, cause: error },
  )
}

/** The same over gRPC. */
export const toRpcError = (error: unknown): RpcError | undefined => {
  if (error instanceof OAuthError) return toOAuthRpcError(error)
  return error instanceof NoSigningKeyError
    ? new RpcError('NO_SIGNING_KEY', 'UNAVAILABLE', 'there is no key to sign with yet', { cause: error })
    : undefined
}
