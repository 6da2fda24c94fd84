/** The address of the user's side of a request. */
import type { IncomingMessage } from 'node:http'
import { parseAddress } from '../networks/index.ts'

/**
 * The first entry of `X-Forwarded-For`, else the socket's address, in its one spelling; empty where the socket is gone.
 * Only for services behind the gateway: it alone may call them (mutual TLS), and it replaces whatever the client sent in
 * that header.
 */
export const requestIp = (req: IncomingMessage): string => {
  const header = req.headers['x-forwarded-for']
  const [first = ''] = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',')
  const address = parseAddress(first.trim()) ?? parseAddress(req.socket.remoteAddress ?? '')
  return address?.toString() ?? ''
}
