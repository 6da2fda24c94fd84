/** Refuses request targets that different parts would read differently, before any route sees them. */
import { badRequest } from '../problem/index.ts'
import type { Request, Response } from './messages.ts'

/** True where it has answered: the server as a whole was asked for. @throws Problem 400 */
export const answersTarget = (req: Request, res: Response): boolean => {
  refuseUnclearHost(req)
  if (req.method === 'OPTIONS' && req.url === '*') {
    res.status(204).end()
    return true
  }
  if (!isReadable(req.path)) throw badRequest('The path is not valid percent-encoded UTF-8', 'MALFORMED_PATH')
  return false
}

const isReadable = (path: string): boolean => {
  try {
    // No store can hold a NUL, and no name of ours has one.
    return !decodeURIComponent(path).includes('\0')
  } catch {
    return false
  }
}

// A name or an address, and perhaps a port. Empty is allowed: the target may have no authority.
const hostField = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\w.:]+\])(?::\d{0,5})?$/

/** Node checks less, and answers without a body. @see RFC 9112 §3.2 */
const refuseUnclearHost = (req: Request): void => {
  const [host, ...others] = req.valuesOf('host')
  if (host === undefined && req.httpVersion !== '1.0') throw badRequest('The Host header is missing')
  if (others.length > 0) throw badRequest('The Host header comes more than once')
  if (host !== undefined && !hostField.test(host)) throw badRequest('The Host header is not valid')
}
