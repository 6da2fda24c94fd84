/**
 * Reads a request's body whole, up to a limit. What is refused: bodies over the limit, encoded ones (a few
 * bytes of gzip can unfold to gigabytes), and bodies that end early.
 */
import type { IncomingMessage } from 'node:http'
import { badRequest, payloadTooLarge, unsupportedMediaType } from '../problem/index.ts'

/** The largest JSON or form body, in bytes. */
export const bodyLimitBytes = 64 * 1024

/** @throws Problem 413, 415 or 400. */
export const readBody = async (req: IncomingMessage, limitBytes = bodyLimitBytes): Promise<Buffer> => {
  const encoding = req.headers['content-encoding'] ?? 'identity'
  if (encoding.toLowerCase() !== 'identity') {
    throw unsupportedMediaType('The body must not be compressed', { 'Accept-Encoding': 'identity' })
  }
  const announced = Number(req.headers['content-length'] ?? 0)
  const body = announced > limitBytes ? undefined : await collect(req, limitBytes)
  if (body !== undefined) return body
  await discard(req)
  throw payloadTooLarge(limitBytes)
}

/** The body; undefined as soon as it is over the limit. */
const collect = (req: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const settle = (body?: Buffer) => {
      req.off('data', onData).off('end', onEnd).off('error', onEarly).off('close', onEarly)
      resolve(body)
    }
    const onData = (bytes: Buffer) => {
      chunks.push(bytes)
      size += bytes.length
      if (size <= limitBytes) return
      req.pause()
      settle()
    }
    const onEnd = () => settle(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size))
    const onEarly = (cause?: Error) => reject(badRequest('The body ended early', 'BODY_INCOMPLETE', cause))
    if (req.destroyed && !req.complete) return onEarly()
    req.on('data', onData).on('end', onEnd).on('error', onEarly).on('close', onEarly)
  })

const discardLimitBytes = 1024 * 1024
const discardMs = 500

/**
 * Reads on for a moment without keeping anything. Closing a socket with unread bytes resets it, and a client
 * that is still sending would lose the answer that tells it why.
 */
const discard = async (req: IncomingMessage): Promise<void> => {
  const done = Promise.withResolvers<void>()
  let size = 0
  const timer = setTimeout(done.resolve, discardMs)
  req.on('data', (bytes: Buffer) => {
    size += bytes.length
    if (size > discardLimitBytes) done.resolve()
  })
  req.once('end', done.resolve)
  req.once('close', done.resolve)
  req.resume()
  await done.promise
  clearTimeout(timer)
  req.pause()
}
