/** Refuses request targets that different parts would read differently, before any route sees them. */
import type { RequestHandler } from 'express'
import { badRequest } from '../problem/index.ts'

export const refuseMalformedTarget: RequestHandler = (req, res, next) => {
  // Node's own check answers without a body, so the server leaves it to us. @see RFC 9112 §3.2
  if (req.httpVersion !== '1.0' && req.headers.host === undefined) {
    throw badRequest('The Host header is missing')
  }
  if (req.method === 'OPTIONS' && req.url === '*') {
    res.status(204).end()
    return
  }
  if (!isReadable(() => req.path))
    throw badRequest('The path is not valid percent-encoded UTF-8', 'MALFORMED_PATH')
  next()
}

const isReadable = (path: () => string): boolean => {
  try {
    // No store can hold a NUL, and no name of ours has one.
    return !decodeURIComponent(path()).includes('\0')
  } catch {
    return false
  }
}
