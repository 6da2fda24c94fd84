/** An echo server that refuses so many streams before it reads one, as a server does that is about to leave. */
import { once } from 'node:events'
import { constants, createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { TlsMaterial } from '../../src/certificates/index.ts'

export const startRefusingServer = async (tls: TlsMaterial, times: number) => {
  let left = times
  const server = createSecureServer({ ...tls, requestCert: true })
  server.on('stream', stream => {
    left -= 1
    if (left >= 0) {
      // Node tells who refuses, too.
      stream.on('error', () => undefined)
      stream.close(constants.NGHTTP2_REFUSED_STREAM)
      return
    }
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      // The message goes back in the frame that it came in.
      stream.end(Buffer.concat(chunks))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sessions = new Set<{ destroy(): void }>()
  server.on('session', session => sessions.add(session))
  return {
    port: (server.address() as AddressInfo).port,
    close: (): void => {
      for (const session of sessions) session.destroy()
      server.close()
    },
  }
}
