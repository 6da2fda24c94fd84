/**
 * A request's body, whole: no service reads more of one than the gateway keeps of each connection anyway. So a client that
 * sends a byte now and then holds a connection of its own, and none to a service, and what is longer than any service
 * reads is refused here, where the client can still be told. The rest that nobody reads would lie in the way of the
 * connection's next request, so it is thrown away.
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

/** For a client that stopped in the middle. */
const requestTimeout = (): Problem =>
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
 * Undefined for a request without a body, and where the client has left.
 * @throws Problem 408 where nothing more comes for `silenceMs`, 413 where too much does
 */
export const readWholeBody = async (req: IncomingMessage, silenceMs: number): Promise<Buffer | undefined> => {
  // Nearly always the body has come with the head.
  const body: Buffer | null = req.complete ? req.read() : await collect(req, silenceMs)
  if (body !== null && body.length > bodyLimitBytes) throw tooLarge()
  return body === null || body.length === 0 ? undefined : body
}

/** As much of the body as comes, or as it takes to see that it is too long. */
const collect = (req: IncomingMessage, silenceMs: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const timer = setTimeout(() => settle(requestTimeout()), silenceMs)
    const onData = (chunk: Buffer) => {
      timer.refresh()
      chunks.push(chunk)
      size += chunk.length
      if (size > bodyLimitBytes) settle()
    }
    const onEnd = () => settle()
    const settle = (problem?: Problem) => {
      clearTimeout(timer)
      req.off('data', onData).off('end', onEnd).off('close', onEnd)
      // Without a listener, what still comes flows away.
      req.resume()
      if (problem === undefined) resolve(Buffer.concat(chunks, size))
      else reject(problem)
    }
    req.on('data', onData).on('end', onEnd).on('close', onEnd)
  })
