/** A collector of OpenTelemetry traces (OTLP over HTTP, JSON) that keeps what it is sent, as text. */
import { once } from 'node:events'
import { createServer } from 'node:http'

export interface OtlpCollector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string
  readonly bodies: readonly string[]
  readonly close: () => void
}

export const startOtlpCollector = async (): Promise<OtlpCollector> => {
  const bodies: string[] = []
  const server = createServer(async (req, res) => {
    bodies.push(Buffer.concat(await req.toArray()).toString('utf8'))
    res.setHeader('Content-Type', 'application/json').end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    bodies,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
