/**
 * What the services behind may believe about a request is written here, and only here: whatever the client sent
 * under these names is dropped first (BCP 4.13). Nothing else makes the headers that a service gets, so that no way
 * through the gateway can miss it.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { propagationHeaders } from '@latchkey/runtime/context'
import { hopByHopIn } from './hop-by-hop.ts'

/** Said about the client by somebody; by whom can't be known. */
const forgeable =
  /^(?:forwarded|x-forwarded-.*|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-connecting-ip|x-latchkey-.*|x-user-.*|x-original-.*|x-rewrite-url|tracestate|baggage)$/

/** Written here, whatever the client sent; the length is that of the body that is sent on. */
const ours = new Set(['content-length', 'host', 'traceparent', 'x-request-id'])

export interface ForwardedFacts {
  readonly clientAddress: string
  /** Host and scheme come from the configuration alone, whatever the client's Host says (CVE-2025-64101). */
  readonly publicUrl: URL
}

/** The headers of the request to the service. */
export const forwardedHeaders = (
  headers: IncomingHttpHeaders,
  { clientAddress, publicUrl }: ForwardedFacts,
): IncomingHttpHeaders => {
  const isHopByHop = hopByHopIn(headers)
  const forwarded: IncomingHttpHeaders = {
    host: publicUrl.host,
    'x-forwarded-for': clientAddress,
    'x-forwarded-host': publicUrl.host,
    'x-forwarded-proto': publicUrl.protocol.slice(0, -1),
    ...propagationHeaders(),
  }
  for (const name in headers) {
    if (!ours.has(name) && !isHopByHop(name) && !forgeable.test(name)) forwarded[name] = headers[name]
  }
  return forwarded
}
