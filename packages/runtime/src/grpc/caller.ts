/** Who calls: the name in the client certificate that the TLS handshake has verified. */
import type { ServerUnaryCall } from '@grpc/grpc-js'
import { nameInSubjectAltName } from '../certificates/peer-name.ts'
import { RpcError } from './rpc-error.ts'

/** Undefined for a certificate of our authority that names no process. */
export const findCaller = (call: Pick<ServerUnaryCall<never, never>, 'getAuthContext'>): string | undefined =>
  nameInSubjectAltName(call.getAuthContext().sslPeerCertificate?.subjectaltname)

/**
 * The caller, where it is one of the allowed.
 * @throws RpcError PERMISSION_DENIED / CALLER_NOT_ALLOWED
 */
export const getAllowedCaller = (caller: string | undefined, allowedCallers: readonly string[]): string => {
  if (caller !== undefined && allowedCallers.includes(caller)) return caller
  throw new RpcError('CALLER_NOT_ALLOWED', 'PERMISSION_DENIED', 'this caller may not call this service', {
    metadata: { caller: caller ?? '' },
  })
}
