/**
 * What the services behind may believe about a request is written here, and only here: whatever the client sent
 * under these names is dropped first (BCP 4.13). The request's own headers are changed before the proxy copies them,
 * so that no way through the proxy can miss it.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { propagationHeaders } from '@latchkey/runtime/context'

/** Said about the client by somebody; by whom can't be known. */
const forgeable =
  /^(?:forwarded|x-forwarded-.*|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-connecting-ip|x-latchkey-.*|x-user-.*|x-original-.*|x-rewrite-url|tracestate|baggage)$/

/** They speak of one connection, not of the request. @see RFC 9110 §7.6.1 */
const hopByHop = [
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
]

export interface ForwardedFacts {
  clientAddress: string
  /** Host and scheme come from the configuration alone, whatever the client's Host says (CVE-2025-64101). */
  publicUrl: URL
}

/** Changes the headers in place. */
export const rewriteForwardedHeaders = (
  headers: IncomingHttpHeaders,
  { clientAddress, publicUrl }: ForwardedFacts,
): void => {
  for (const name of Object.keys(headers)) if (forgeable.test(name)) delete headers[name]
  for (const name of hopByHop) delete headers[name]
  headers.host = publicUrl.host
  headers['x-forwarded-for'] = clientAddress
  headers['x-forwarded-host'] = publicUrl.host
  headers['x-forwarded-proto'] = publicUrl.protocol.slice(0, -1)
  Object.assign(headers, propagationHeaders())
}
