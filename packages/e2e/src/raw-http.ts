/** Bytes on a socket: what no HTTP client would send, and the bytes that come back. */
import { once } from 'node:events'
import { connect } from 'node:net'

export interface RawExchange {
  /** Everything that came back until the connection was closed. */
  readonly text: string
  /** Who closed: the server, or nobody within the time. */
  readonly closedByServer: boolean
}

export interface RawOptions {
  /** Closes our half of the connection behind the bytes. */
  readonly end?: boolean
  readonly timeoutMs?: number
}

/** Sends the bytes and reads until the server closes, or until `timeoutMs` (15 s) have passed. */
export const sendBytes = async (
  base: string,
  bytes: string | Uint8Array,
  { end = false, timeoutMs = 15_000 }: RawOptions = {},
): Promise<RawExchange> => {
  const { hostname, port } = new URL(base)
  const socket = connect({ host: hostname, port: Number(port) })
  const chunks: Buffer[] = []
  let closedByServer = false
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  // A reset is one of the ways in which a server ends a connection that it wants no more of.
  socket.on('error', () => {
    closedByServer = true
  })
  socket.on('end', () => {
    closedByServer = true
  })
  const timer = setTimeout(() => socket.destroy(), timeoutMs)
  const closed = once(socket, 'close')
  const payload = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
  if (end) socket.end(payload)
  else socket.write(payload)
  await closed
  clearTimeout(timer)
  return { text: Buffer.concat(chunks).toString('latin1'), closedByServer }
}

/** The status codes of the answers in what came back. */
export const statusesIn = ({ text }: RawExchange): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) [A-Z]/g)].map(([, status]) => Number(status))

/** A request as text, its lines ended as they must be. */
export const requestText = (lines: readonly string[], body = ''): string => [...lines, '', body].join('\r\n')
