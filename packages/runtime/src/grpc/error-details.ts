/**
 * Reasons on the wire: a google.rpc.Status with one google.rpc.ErrorInfo in the trailer
 * `grpc-status-details-bin`, which clients in any language read.
 * @see google.rpc.ErrorInfo, AIP-193
 */
import { Metadata } from '@grpc/grpc-js'
import type { MessageTypeDefinition } from '@grpc/proto-loader'
import { loadProto } from './protos.ts'
import type { RpcError, RpcErrorMetadata } from './rpc-error.ts'
import { statusCode } from './status.ts'

interface Status {
  code: number
  message: string
  details: { type_url: string; value: Uint8Array }[]
}

interface ErrorInfo {
  reason: string
  domain: string
  metadata: RpcErrorMetadata
}

const trailer = 'grpc-status-details-bin'
const errorInfoUrl = 'type.googleapis.com/google.rpc.ErrorInfo'
const domain = 'latchkey'

const definitions = loadProto('google/rpc/status.proto')
const statusType = definitions['google.rpc.Status'] as MessageTypeDefinition<Status, Status>
const errorInfoType = definitions['google.rpc.ErrorInfo'] as MessageTypeDefinition<ErrorInfo, ErrorInfo>

/** The trailers that carry an error's reason and metadata. */
export const encodeErrorDetails = ({ reason, status, message, metadata }: RpcError): Metadata => {
  const info = errorInfoType.serialize({ reason, domain, metadata })
  const details = [{ type_url: errorInfoUrl, value: info }]
  const trailers = new Metadata()
  trailers.set(trailer, statusType.serialize({ code: statusCode(status), message, details }))
  return trailers
}

/** The reason and metadata in a failed call's trailers; undefined where there is none of ours to read. */
export const decodeErrorDetails = (
  trailers: Metadata,
): { reason: string; metadata: RpcErrorMetadata } | undefined => {
  const [encoded] = trailers.get(trailer)
  if (!Buffer.isBuffer(encoded)) return undefined
  try {
    for (const { type_url: url, value } of statusType.deserialize(encoded).details) {
      if (url !== errorInfoUrl) continue
      const info = errorInfoType.deserialize(Buffer.from(value))
      if (info.domain === domain) return { reason: info.reason, metadata: info.metadata }
    }
  } catch {
    // Bytes that are no Status say nothing: the gRPC status still stands.
  }
  return undefined
}
