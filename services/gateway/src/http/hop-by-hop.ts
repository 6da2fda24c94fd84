/** Headers that speak of one connection, not of the message: they end here, in both directions. @see RFC 9110 §7.6.1 */
import type { IncomingHttpHeaders } from 'node:http'

const always = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const everyday = new Set(['close', 'keep-alive'])

/** Gives the test for the headers of one message, by their names in lower case. */
export const hopByHopIn = ({ connection }: IncomingHttpHeaders): ((name: string) => boolean) => {
  if (connection === undefined || everyday.has(connection)) return name => always.has(name)
  const named = new Set(connection.split(',').map(name => name.trim().toLowerCase()))
  // Nobody may name what describes the content: without it, the services would read another one.
  return name => always.has(name) || (named.has(name) && !name.startsWith('content-'))
}
