/** Who calls: the name in the client certificate that the TLS handshake has verified. */
import type { ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js'
import { nameInSubjectAltName } from '../certificates/peer-name.ts'
import { RpcError } from './rpc-error.ts'

type Authenticated = Pick<
  ServerUnaryCall<never, never> | ServerWritableStream<never, never>,
  'getAuthContext'
>

/**
 * The caller's name.
 * @throws RpcError PERMISSION_DENIED / CALLER_NOT_ALLOWED for a caller that is not listed
 */
export const getCaller = (call: Authenticated, allowedCallers: readonly string[]): string => {
  const name = nameInSubjectAltName(call.getAuthContext().sslPeerCertificate?.subjectaltname)
  if (name === undefined || !allowedCallers.includes(name)) {
    throw new RpcError('CALLER_NOT_ALLOWED', 'PERMISSION_DENIED', 'this caller may not call this service', {
      metadata: { caller: name ?? '' },
    })
  }
  return name
}
