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

/**
 * Resolves once the body has come, or as much of it as is kept unread, or the client has left. A connection to a
 * service is taken only then: whoever sends a byte now and then holds one of their own, not one of those that
 * everybody shares.
 * @throws Problem 408 where nothing more comes for `silenceMs`
 */
export const bodyArrived = (req: IncomingMessage, silenceMs: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const isHere = () => req.complete || req.destroyed || req.readableLength >= req.readableHighWaterMark
    if (isHere()) return resolve()
    const settle = () => {
      clearTimeout(timer)
      req.off('readable', onMore).off('close', onMore)
    }
    const timer = setTimeout(() => {
      settle()
      reject(requestTimeout())
    }, silenceMs)
    const onMore = () => {
      timer.refresh()
      if (!isHere()) return
      settle()
      resolve()
    }
    // Nothing is read here, so every chunk is still there for whoever reads the request.
    req.on('readable', onMore).on('close', onMore)
  })

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
