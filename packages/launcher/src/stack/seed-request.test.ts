import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createTestTls, type TestTls } from '@latchkey/testkit'
import { seedRequest } from './seed-request.ts'

let tls: TestTls
const trusted = getCACertificates('default')
beforeAll(async () => {
  tls = await createTestTls()
  setDefaultCACertificates([...trusted, await readFile(tls.caFile, 'utf8')])
})
afterAll(async () => {
  setDefaultCACertificates(trusted)
  await tls.remove()
})

/** What it was sent, as it came. */
const echo = (req: IncomingMessage, res: ServerResponse) => {
  res.statusCode = 201
  res.setHeader('connection', 'close')
  req.pipe(res)
}

const answerOf = async (scheme: string, server: Server) => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    return await seedRequest(`${scheme}://localhost:${port}`, { path: '/x', headers: {}, body: 'seed' })
  } finally {
    await new Promise(resolve => server.close(resolve))
  }
}

it('reaches a gateway by http, and one with a certificate of its own by https', async () => {
  const { certFile, keyFile } = await tls.issue('gateway')
  const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)])
  const seeded = { status: 201, text: 'seed' }
  expect(await answerOf('http', createServer(echo))).toEqual(seeded)
  expect(await answerOf('https', createTlsServer({ cert, key }, echo))).toEqual(seeded)
})

it('asks again while the suite is busy', async () => {
  const statuses = [503, 429, 409]
  const server = createServer((_req, res) => {
    res.statusCode = statuses.shift() ?? 500
    res.setHeader('connection', 'close')
    res.end()
  })
  expect(await answerOf('http', server)).toEqual({ status: 409, text: '' })
})
