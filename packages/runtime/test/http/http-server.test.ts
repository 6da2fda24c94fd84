import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { createHttpApp, type RunningHttpServer, readJson, startHttpServer } from '../../src/http/index.ts'
import { defaultSecurityHeaders } from '../../src/http/security-headers.ts'
import { createLogLines } from './log-lines.ts'
import { parseAnswer, rawRequest } from './raw-request.ts'

const { logger, lines } = createLogLines()

/** A request in hand for as long as the test likes. */
let held = { begun: Promise.withResolvers<void>(), released: Promise.withResolvers<void>() }
const hold = () => {
  held = { begun: Promise.withResolvers<void>(), released: Promise.withResolvers<void>() }
  return held
}

const app = createHttpApp({
  logger,
  routes: [
    { method: 'GET', path: '/fine', handler: (_req, res) => void res.json({ fine: true }) },
    {
      method: 'POST',
      path: '/json',
      handler: async (req, res) => void res.json(await readJson(req, z.looseObject({}))),
    },
    {
      method: 'GET',
      path: '/held',
      handler: async (_req, res) => {
        const { begun, released } = held
        begun.resolve()
        await released.promise
        res.json({ held: true })
      },
    },
  ],
})

const start = (init: Partial<Parameters<typeof startHttpServer>[0]> = {}) =>
  startHttpServer({ app, port: 0, host: '127.0.0.1', logger, ...init })

const jsonHead = 'POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'

describe('what node’s HTTP parser refuses', () => {
  let server: RunningHttpServer
  let hasty: RunningHttpServer
  beforeAll(async () => {
    server = await start()
    hasty = await start({ timeouts: { headersMs: 300, requestMs: 600 } })
  })
  afterAll(() => Promise.all([server.close(), hasty.close()]))

  const expectProblem = (answer: string, status: number, code: string) => {
    const parsed = parseAnswer(answer)
    expect(parsed).toMatchObject({ status, body: { status, code, request_id: expect.any(String) } })
    expect(parsed.head).toMatch(/content-type: application\/problem\+json/i)
    expect(parsed.head).toMatch(/connection: close/i)
    const [, id] = /x-request-id: (\S+)/i.exec(parsed.head) ?? []
    expect(Object(parsed.body).request_id).toBe(id)
    expect(lines().filter(line => line.message === 'request refused by the parser')).toContainEqual(
      expect.objectContaining({ level: 'INFO', request_id: id, status }),
    )
  }

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n'],
    ['an expectation', 'GET /fine HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n'],
    ['a tunnel', 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n'],
  ])('tells browsers what every answer tells them: %s', async (_what, bytes) => {
    const secure = await start({ strictTransportSecurity: true })
    const { head } = parseAnswer(await rawRequest(secure.port, [bytes]))
    await secure.close()
    for (const name of [...Object.keys(defaultSecurityHeaders), 'Strict-Transport-Security', 'Date'])
      expect(head).toContain(`\r\n${name}: `)
    expect(head).toMatch(/\r\nDate: \w{3}, \d{2} \w{3} \d{4} [\d:]{8} GMT(\r\n|$)/)
  })

  it.each([
    ['no HTTP at all', 'nonsense\r\n\r\n'],
    ['a space before a colon', 'GET /fine HTTP/1.1\r\nHost : x\r\n\r\n'],
    ['two lengths', 'POST /json HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    ['a length beside chunks', `${jsonHead}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ])('is a 400 problem: %s', async (_what, bytes) => {
    expectProblem(await rawRequest(server.port, [bytes]), 400, 'MALFORMED_REQUEST')
  })

  it('for the size of its headers is a 431 problem', async () => {
    const bytes = `GET /fine HTTP/1.1\r\nHost: x\r\nX-Large: ${'a'.repeat(17_000)}\r\n\r\n`
    expectProblem(await rawRequest(server.port, [bytes]), 431, 'HEADERS_TOO_LARGE')
  })

  it('for its slowness is a 408 problem', async () => {
    expectProblem(await rawRequest(hasty.port, ['GET /fine HTTP/1.1\r\nHo']), 408, 'REQUEST_TIMEOUT')
  })

  it('for the slowness of its body is a 408 problem', async () => {
    const bytes = `${jsonHead}Content-Length: 20\r\n\r\n{"a":`
    expectProblem(await rawRequest(hasty.port, [bytes]), 408, 'REQUEST_TIMEOUT')
  })

  it('for its broken chunks is a 400 problem', async () => {
    const bytes = `${jsonHead}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`
    expectProblem(await rawRequest(server.port, [bytes]), 400, 'MALFORMED_REQUEST')
  })

  it('for an expectation that nobody knows is a 417 problem', async () => {
    const bytes = 'GET /fine HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n'
    expectProblem(await rawRequest(server.port, [bytes]), 417, 'EXPECTATION_FAILED')
  })

  it.each([
    ['its body', `${jsonHead}X-Request-Id: request-1234\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`],
    ['its expectation', 'GET /fine HTTP/1.1\r\nHost: x\r\nX-Request-Id: request-1234\r\nExpect: tea\r\n\r\n'],
    ['the tunnel it asks for', 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\nX-Request-Id: request-1234\r\n\r\n'],
  ])('for %s keeps the request id that it came with', async (_what, bytes) => {
    const answer = parseAnswer(await rawRequest(server.port, [bytes]))
    expect(answer.body).toMatchObject({ request_id: 'request-1234' })
  })

  it('for a missing Host is a 400 problem (RFC 9112 §3.2)', async () => {
    const parsed = parseAnswer(
      await rawRequest(server.port, ['GET /fine HTTP/1.1\r\nConnection: close\r\n\r\n']),
    )
    expect(parsed).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } })
  })

  it.each([
    ['more than one', 'Host: a\r\nHost: b'],
    ['one that is no host', 'Host: a b/c?d'],
    ['one with a user', 'Host: user@host'],
    ['one with a port that is none', 'Host: a:b'],
  ])('for its Host is a 400 problem (RFC 9112 §3.2): %s', async (_what, host) => {
    const bytes = `GET /fine HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`
    const parsed = parseAnswer(await rawRequest(server.port, [bytes]))
    expect(parsed).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } })
  })

  it.each(['a', 'a.example:8080', '127.0.0.1', '[::1]:80', '', 'xn--bcher-kva.example'])(
    'is not for the Host %s',
    async host => {
      const bytes = `GET /fine HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
      expect(parseAnswer(await rawRequest(server.port, [bytes])).status).toBe(200)
    },
  )

  it('for a tunnel is a 400 problem, not silence', async () => {
    const bytes = 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n'
    expectProblem(await rawRequest(server.port, [bytes]), 400, 'BAD_REQUEST')
  })
})

describe('a body', () => {
  let server: RunningHttpServer
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.close())

  const chunk = (size: number) => `${size.toString(16)}\r\n${' '.repeat(size)}\r\n`

  it('in chunks is taken up to the limit', async () => {
    const chunks = [
      `${jsonHead}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`,
      '2\r\n{}\r\n',
      chunk(65_534),
      '0\r\n\r\n',
    ]
    expect(parseAnswer(await rawRequest(server.port, chunks))).toMatchObject({ status: 200, body: {} })
  })

  it('in chunks over the limit gets a whole 413 answer and the end of the connection', async () => {
    const chunks = [
      `${jsonHead}Transfer-Encoding: chunked\r\n\r\n`,
      ...Array.from({ length: 20 }, () => chunk(16_384)),
      '0\r\n\r\n',
    ]
    const parsed = parseAnswer(await rawRequest(server.port, chunks))
    expect(parsed).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } })
    expect(parsed.head).toMatch(/connection: close/i)
  })

  it('that never ends gets its 413 all the same', async () => {
    const startedMs = performance.now()
    const chunks = [`${jsonHead}Transfer-Encoding: chunked\r\n\r\n`, chunk(70_000)]
    expect(parseAnswer(await rawRequest(server.port, chunks)).status).toBe(413)
    expect(performance.now() - startedMs).toBeLessThan(10_000)
  })

  it('that is announced as too large gets its 413 before it is sent', async () => {
    const bytes = `${jsonHead}Content-Length: 10000000\r\n\r\n`
    expect(parseAnswer(await rawRequest(server.port, [bytes])).status).toBe(413)
  })

  it('that ends early leaves nothing hanging', async () => {
    const socket = connect(server.port, '127.0.0.1')
    socket.write(`${jsonHead}Content-Length: 100\r\n\r\n{"a":`)
    await delay(50)
    socket.destroy()
    await delay(50)
    const startedMs = performance.now()
    await server.close(20_000)
    expect(performance.now() - startedMs).toBeLessThan(10_000)
    server = await start()
  })
})

describe('closing', () => {
  it('lets requests in flight finish, and takes no new ones', async () => {
    const server = await start()
    const { begun, released } = hold()
    const inFlight = fetch(`http://127.0.0.1:${server.port}/held`)
    await begun.promise
    const closed = server.close(20_000)
    await expect(fetch(`http://127.0.0.1:${server.port}/fine`)).rejects.toThrow()
    released.resolve()
    const answer = await inFlight
    expect([answer.status, await answer.json()]).toEqual([200, { held: true }])
    await closed
  })

  it('answers a request that is on its way along a kept connection, as the last one', async () => {
    const server = await start({ timeouts: { farewellMs: 20_000 } })
    const [idle, unused] = [connect(server.port, '127.0.0.1'), connect(server.port, '127.0.0.1')]
    const fine = 'GET /fine HTTP/1.1\r\nHost: x\r\n\r\n'
    idle.write(fine)
    expect(String(...(await once(idle, 'data')))).toMatch(/connection: keep-alive/i)
    const closed = server.close(30_000)
    await delay(50)
    for (const socket of [idle, unused]) socket.write(fine)
    for (const [answer] of await Promise.all([once(idle, 'data'), once(unused, 'data')])) {
      expect(String(answer)).toMatch(/^HTTP\/1.1 200.*connection: close/is)
    }
    await closed
  })

  it('does not wait for connections that are idle or were never used', async () => {
    const server = await start()
    await (await fetch(`http://127.0.0.1:${server.port}/fine`)).text()
    const unused = connect(server.port, '127.0.0.1')
    await new Promise(resolve => unused.once('connect', resolve))
    unused.on('error', () => undefined)
    await delay(20)
    const startedMs = performance.now()
    await server.close(20_000)
    expect(performance.now() - startedMs).toBeLessThan(10_000)
  })

  it('cuts off what is left at the deadline', async () => {
    const server = await start()
    const { begun } = hold()
    const inFlight = fetch(`http://127.0.0.1:${server.port}/held`).catch(() => 'cut off')
    await begun.promise
    await server.close(50)
    expect(await inFlight).toBe('cut off')
  })
})
