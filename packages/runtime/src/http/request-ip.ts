/** The address of the user's side of a request. */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * The first entry of `X-Forwarded-For`, else the socket's address. Only for services behind the gateway: it
 * alone may call them (mutual TLS), and it replaces whatever the client sent in that header.
 */
export const requestIp = (req: IncomingMessage): string => {
  const header = req.headers['x-forwarded-for']
  const [first = ''] = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',')
  const forwarded = first.trim()
  return plainAddress(isIP(forwarded) === 0 ? (req.socket.remoteAddress ?? '') : forwarded)
}

/** `::ffff:192.0.2.1` → `192.0.2.1`: one address has one spelling, in limits and in logs. */
const plainAddress = (address: string): string =>
  address.toLowerCase().startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
