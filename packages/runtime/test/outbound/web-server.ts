/** A web server of somebody else, on loopback: by http, or by https with a certificate for some names. */
import { readFile } from 'node:fs/promises'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TestTlsFiles } from '@latchkey/testkit'

export const startWebServer = async (listener: RequestListener, tls?: TestTlsFiles) => {
  const seen: string[] = []
  const noting: RequestListener = (req, res) => {
    seen.push(`${req.method} ${req.headers.host} ${req.url}`)
    listener(req, res)
  }
  const server: Server =
    tls === undefined
      ? createHttpServer(noting)
      : createHttpsServer({ cert: await readFile(tls.certFile), key: await readFile(tls.keyFile) }, noting)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  return { port, seen, close }
}
