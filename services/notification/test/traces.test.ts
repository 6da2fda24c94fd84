import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, it } from '@jest/globals'
import { createNotificationClient, toTimestamp } from '@latchkey/contracts'
import { loadTls } from '@latchkey/runtime/certificates'
import { createContext, withContext } from '@latchkey/runtime/context'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually, freePort } from '@latchkey/testkit'
import { startNotificationUnderTest } from './notification-under-test.ts'

interface TracesData {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] }
    readonly scopeSpans: readonly { readonly spans: readonly { traceId: string; name: string }[] }[]
  }[]
}

/** What a collector of OTLP over HTTP gets: the spans as `service: name`, by trace. */
const startCollector = async () => {
  const spans: { traceId: string; name: string }[] = []
  const bodies: string[] = []
  const server = createServer(async (req, res) => {
    const body = await text(req)
    bodies.push(body)
    const data: TracesData = JSON.parse(body)
    for (const { resource, scopeSpans } of data.resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue
      for (const span of scopeSpans.flatMap(scope => scope.spans)) {
        spans.push({ traceId: span.traceId, name: `${service}: ${span.name}` })
      }
    }
    res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return { url: `http://127.0.0.1:${address.port}`, spans, bodies, close: () => server.close() }
}

it('one trace leads from the call, through outbox and queue, to the mail, and knows no secret', async () => {
  const collector = await startCollector()
  const suite = await startNotificationUnderTest()
  try {
    const recording = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100' }
    const port = await freePort()
    await suite.spawnProgram('main.ts', { ...recording, GRPC_PORT: String(port) })
    await suite.spawnProgram('worker.ts', recording)
    const client = createNotificationClient({
      target: `dns:///127.0.0.1:${port}`,
      tls: await loadTls(suite.callers),
    })
    // Only the service in the other process is to relay: the one in this process records nothing.
    await suite.service.close()
    const context = createContext()
    await withContext(context, async () =>
      client.sendMessage({
        messageId: createUuid(),
        template: 'password_reset',
        recipient: 'traced@example.com',
        sealedData: await suite.seal({ token: 's3cr3t-token' }),
        expiresAt: toTimestamp(new Date(Date.now() + 3_600_000)),
      }),
    )
    client.close()
    await eventually(() => expect(suite.mailServer.to('traced@example.com')).toHaveLength(1), {
      timeoutMs: 20_000,
    })
    await eventually(
      () => {
        const names = collector.spans
          .filter(({ traceId }) => traceId === context.traceId)
          .map(({ name }) => name)
        expect(names).toContainEqual(expect.stringMatching(/^notification: .*SendMessage$/))
        expect(names).toContainEqual(expect.stringMatching(/^notification: add email/))
        expect(names).toContainEqual(expect.stringMatching(/^notification-worker: process email/))
      },
      { timeoutMs: 20_000 },
    )
    for (const secret of ['s3cr3t-token', 'traced@example.com']) {
      expect(collector.bodies.join('')).not.toContain(secret)
    }
  } finally {
    collector.close()
    await suite.close()
  }
})
