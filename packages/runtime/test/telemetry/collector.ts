/** A collector of OTLP over HTTP with JSON: keeps the spans that it is sent. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

const attribute = z.object({ key: z.string(), value: z.looseObject({ stringValue: z.string().optional() }) })
const span = z.looseObject({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
})
const traces = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.object({ scope: z.object({ name: z.string() }), spans: z.array(span) })),
    }),
  ),
})

export interface CollectedSpan extends z.infer<typeof span> {
  readonly service: string | undefined
  /** The instrumentation that recorded it. */
  readonly scope: string
}

export const startCollector = async () => {
  const spans: CollectedSpan[] = []
  const bodies: string[] = []
  const server = createServer(async (req, res) => {
    const body = Buffer.concat(await req.toArray()).toString()
    bodies.push(body)
    for (const { resource, scopeSpans } of traces.parse(JSON.parse(body)).resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue
      for (const { scope, spans: recorded } of scopeSpans) {
        spans.push(...recorded.map(each => ({ ...each, service, scope: scope.name })))
      }
    }
    res.setHeader('Content-Type', 'application/json').end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    bodies,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
