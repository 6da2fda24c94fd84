import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTestTls, type TestTls } from '@latchkey/testkit'
import { loadTls, type TlsMaterial } from '../certificates/index.ts'
import { type RunningHttpServer, startHttpServer } from '../http/index.ts'
import { createLogger } from '../logger/index.ts'
import { createInternalFetch } from './index.ts'

let testTls: TestTls
let gatewayTls: TlsMaterial
let server: RunningHttpServer

beforeAll(async () => {
  testTls = await createTestTls()
  gatewayTls = await loadTls(await testTls.issue('gateway'))
  server = await startHttpServer({
    app: (_req, res) => res.end('{}'),
    port: 0,
    host: '127.0.0.1',
    tls: await loadTls(await testTls.issue('token')),
    allowedCallers: ['gateway'],
    logger: createLogger({ service: 'token', level: 'ERROR' }),
  })
})

afterAll(async () => {
  await server.close(1_000)
  await testTls.remove()
})

describe('internal HTTP', () => {
  it('reaches a service under its own name, whatever host the URL names', async () => {
    const internal = createInternalFetch({ tls: gatewayTls, serverName: 'token' })
    const response = await internal.fetch(`https://127.0.0.1:${server.port}/`, { headers: {} })
    expect([response.status, await response.text()]).toEqual([200, '{}'])
    await internal.close()
  })

  it('does not talk to a service with the certificate of another', async () => {
    const internal = createInternalFetch({ tls: gatewayTls, serverName: 'session' })
    await expect(internal.fetch(`https://127.0.0.1:${server.port}/`, { headers: {} })).rejects.toThrow()
    await internal.close()
  })
})
