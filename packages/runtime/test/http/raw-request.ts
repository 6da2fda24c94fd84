/** Bytes to a server and bytes back, for requests that no client library would send. */
import { connect } from 'node:net'

/** Sends `chunks` one after another and gives everything that comes back until the server closes. */
export const rawRequest = async (
  port: number,
  chunks: readonly (string | Buffer)[],
  { closeAfterMs = 4_000 } = {},
): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  const answer: Buffer[] = []
  const closed = Promise.withResolvers<void>()
  socket.on('data', bytes => answer.push(bytes))
  socket.on('error', closed.reject)
  socket.on('close', () => closed.resolve())
  const timer = setTimeout(() => socket.destroy(), closeAfterMs)
  for (const chunk of chunks) socket.write(chunk)
  await closed.promise
  clearTimeout(timer)
  return Buffer.concat(answer).toString()
}

/** The status and the body of the (only) answer. */
export const parseAnswer = (answer: string): { status: number; head: string; body: unknown } => {
  const [head = '', body = ''] = answer.split('\r\n\r\n', 2)
  return { status: Number(head.split(' ', 2)[1]), head, body: body === '' ? undefined : JSON.parse(body) }
}
