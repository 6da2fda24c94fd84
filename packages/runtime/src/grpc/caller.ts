/** Who calls: the name in the client certificate that the TLS handshake has verified. */
import type { Socket } from 'node:net'
import type { ServerUnaryCall } from '@grpc/grpc-js'
import { nameInSubjectAltName, peerName } from '../certificates/peer-name.ts'
import { RpcError } from './rpc-error.ts'

type UnaryCall = ServerUnaryCall<unknown, unknown>

/** Where grpc-js keeps the connection of a call, which it shows to nobody. */
interface Connected {
  readonly call?: { readonly stream?: { readonly session?: { readonly socket?: Socket } } }
}

/**
 * Undefined for a certificate of our authority that names no process. The certificate is read once a connection: to read it
 * costs a tenth of a small call. Where grpc-js should keep the connection elsewhere one day, it is read for each call.
 */
export const findCaller = (call: UnaryCall): string | undefined => {
  const socket = (call as unknown as Connected).call?.stream?.session?.socket
  if (socket !== undefined) return peerName(socket)
  return nameInSubjectAltName(call.getAuthContext().sslPeerCertificate?.subjectaltname)
}

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
