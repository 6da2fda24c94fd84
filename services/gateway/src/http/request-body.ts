/**
 * What the gateway looks after in a body that it streams: that it comes to an end. A rest that nobody reads would lie
 * in the way of the connection's next request, so it is thrown away, and what is longer than any service reads is
 * refused here, where the client can still be told.
 */
import type { IncomingMessage } from 'node:http'
import { bodyLimitBytes } from '@latchkey/runtime/http'
import { Problem } from '@latchkey/runtime/problem'

/** The connection stays: the rest of the body is read and thrown away. */
const tooLarge = (): Problem =>
  new Problem({
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    detail: `The body is larger than ${bodyLimitBytes} bytes`,
  })

/** 408 for a client that stopped in the middle. */
export const requestTimeout = (): Problem =>
  new Problem({
    status: 408,
    code: 'REQUEST_TIMEOUT',
    detail: 'The request took too long to arrive',
    headers: { Connection: 'close' },
  })

/** @throws Problem 413 for a body that is announced longer than the services read */
export const refuseLongBody = ({ headers }: IncomingMessage): void => {
  if (Number(headers['content-length'] ?? 0) > bodyLimitBytes) throw tooLarge()
}

/** Calls `onTooLarge` when more has come than the services read; for a body that flows to somewhere else already. */
export const watchBody = (req: IncomingMessage, onTooLarge: (problem: Problem) => void): void => {
  let size = 0
  req.on('data', (chunk: Buffer) => {
    const before = size
    size += chunk.length
    if (before <= bodyLimitBytes && size > bodyLimitBytes) onTooLarge(tooLarge())
  })
}

/** Throws away what is still to come. */
export const discardRest = (req: IncomingMessage): void => {
  req.unpipe()
  req.resume()
}
