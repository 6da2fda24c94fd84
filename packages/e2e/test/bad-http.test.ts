/** What is no HTTP, or HTTP that two parts could read differently: one answer, then the end (RFC 9112; CHECKLIST 34, 40). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { call } from '../src/call.ts'
import { requestText, sendBytes, statusesIn } from '../src/raw-http.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const get = ['GET /auth/health HTTP/1.1', 'Host: localhost']
const post = ['POST /auth/login HTTP/1.1', 'Host: localhost', 'Content-Type: application/json']
const chunked = [...post, 'Transfer-Encoding: chunked']
const close = 'Connection: close'

const problemOf = (text: string) => {
  const { status, code, request_id }: Record<string, unknown> = JSON.parse(
    text.slice(text.lastIndexOf('{"type"')),
  )
  return { status, code, request_id }
}

const refusals: readonly [string, string | Uint8Array, number][] = [
  [
    'both lengths',
    requestText([...post, 'Content-Length: 4', 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
    400,
  ],
  ['two Content-Lengths', requestText([...post, 'Content-Length: 2', 'Content-Length: 3'], '{}'), 400],
  ['a negative Content-Length', requestText([...post, 'Content-Length: -1'], '{}'), 400],
  ['a signed Content-Length', requestText([...post, 'Content-Length: +2'], '{}'), 400],
  ['a Content-Length in words', requestText([...post, 'Content-Length: two'], '{}'), 400],
  ['an unknown Transfer-Encoding', requestText([...post, 'Transfer-Encoding: xchunked'], '0\r\n\r\n'), 400],
  [
    'a coding behind chunked',
    requestText([...post, 'Transfer-Encoding: chunked, identity'], '0\r\n\r\n'),
    400,
  ],
  ['a space before its colon', requestText([...post, 'Transfer-Encoding : chunked'], '0\r\n\r\n'), 400],
  ['a chunk size that is none', requestText(chunked, 'zz\r\n{}\r\n0\r\n\r\n'), 400],
  ['a negative chunk size', requestText(chunked, '-2\r\n{}\r\n0\r\n\r\n'), 400],
  ['garbage behind a chunk', requestText(chunked, '2\r\n{}garbage\r\n'), 400],
  ['endless chunk extensions', requestText(chunked, `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`), 413],
  ['a header of 20 KB', requestText([...get, `X-Large: ${'a'.repeat(20_000)}`]), 431],
  ['a target of 20 KB', requestText([`GET /auth/health?${'a'.repeat(20_000)} HTTP/1.1`, 'Host: a']), 431],
  [
    '3,000 headers',
    requestText([...get, ...Array.from({ length: 3_000 }, (_, index) => `a${index}: b`)]),
    431,
  ],
  ['no Host', requestText(['GET /auth/health HTTP/1.1', close]), 400],
  ['two Hosts', requestText([...get, 'Host: evil.example', close]), 400],
  ['a Host that is none', requestText(['GET /auth/health HTTP/1.1', 'Host: a b/c?d', close]), 400],
  ['a folded header', requestText([...get, 'X-A: b', ' c', close]), 400],
  ['NUL in a header', requestText([...get, 'X-A: b\0c', close]), 400],
  ['a bare CR in a header', requestText([...get, 'X-A: b\rc', close]), 400],
  ['bare line feeds', 'GET /auth/health HTTP/1.1\nHost: a\n\n', 400],
  ['a method in lower case', requestText(['get /auth/health HTTP/1.1', 'Host: a']), 400],
  ['a method that nobody knows', requestText(['FROBNICATE /auth/health HTTP/1.1', 'Host: a']), 400],
  ['no version', 'GET /auth/health\r\n\r\n', 400],
  ['a version that is none', requestText(['GET /auth/health HTTP/3.0', 'Host: a']), 400],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['a target without a slash', requestText(['GET auth/health HTTP/1.1', 'Host: a', close]), 400],
  ['a raw letter in the target', Buffer.from('GET /auth/é HTTP/1.1\r\nHost: a\r\n\r\n'), 400],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['a tunnel', requestText(['CONNECT example.com:443 HTTP/1.1', 'Host: example.com:443']), 400],
  ['an unknown expectation', requestText([...post, 'Content-Length: 2', 'Expect: tea'], '{}'), 417],
]

describe('the gateway', () => {
  it.each(refusals)(
    'refuses %s once, with a problem, and closes the connection',
    async (_, bytes, status) => {
      const exchange = await sendBytes(suite.gateway, bytes)
      expect(statusesIn(exchange)).toEqual([status])
      const [, requestId] = /^x-request-id: (\S+)\r$/im.exec(exchange.text) ?? []
      expect(problemOf(exchange.text)).toEqual({ status, code: expect.any(String), request_id: requestId })
      expect(exchange.closedByServer).toBe(true)
    },
  )

  it('never reads the body of one request as the next one', async () => {
    const smuggled = requestText(['GET /auth/me HTTP/1.1', 'Host: a', close])
    for (const lengths of [
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      ['Transfer-Encoding: chunked', 'Content-Length: 5'],
      ['Content-Length: 0', 'Content-Length: 5'],
    ]) {
      const exchange = await sendBytes(
        suite.gateway,
        requestText([...post, ...lengths], `0\r\n\r\n${smuggled}`),
      )
      expect(statusesIn(exchange)).toEqual([400])
    }
  })

  it('answers pipelined requests in their order', async () => {
    const health = requestText(get)
    const login = requestText([...post, 'Content-Length: 2'], '{}')
    const exchange = await sendBytes(
      suite.gateway,
      health + login + health + requestText(['GET /auth/me HTTP/1.1', 'Host: a', close]),
    )
    expect(statusesIn(exchange)).toEqual([200, 400, 200, 401])
  })

  it('takes a whole URL as a target by its path alone', async () => {
    const target = (path: string) =>
      requestText([`GET http://evil.example${path} HTTP/1.1`, 'Host: a', close])
    expect(statusesIn(await sendBytes(suite.gateway, target('/auth/health')))).toEqual([200])
    expect(statusesIn(await sendBytes(suite.gateway, target('/auth/me')))).toEqual([401])
    expect(statusesIn(await sendBytes(suite.gateway, target('')))).toEqual([200])
    expect(statusesIn(await sendBytes(suite.gateway, target('/nothing')))).toEqual([404])
  })

  it('lets no header name the headers that the services behind must not see', async () => {
    const lines = [...post, 'Content-Length: 2', 'Connection: close, content-type, host, x-request-id']
    expect(statusesIn(await sendBytes(suite.gateway, requestText(lines, '{}')))).toEqual([400])
  })

  it('upgrades to nothing: the request is answered as it is', async () => {
    const upgrade = [
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ]
    const exchange = await sendBytes(
      suite.gateway,
      requestText([...get, ...upgrade, 'Connection: Upgrade, close']),
    )
    expect(statusesIn(exchange)).toEqual([200])
  })

  it('asks for the body of who waits to be asked (RFC 9110 §10.1.1)', async () => {
    const lines = [...post, 'Content-Length: 2', 'Expect: 100-continue', close]
    expect(statusesIn(await sendBytes(suite.gateway, requestText(lines, '{}')))).toEqual([100, 400])
  })
})

describe('half a request', () => {
  const halves: readonly [string, string][] = [
    ['headers', 'POST /auth/login HTTP/1.1\r\nHost: a\r\n'],
    ['body', requestText([...post, 'Content-Length: 100'], '{"email"')],
    ['chunk', requestText(chunked, '100\r\nabc')],
  ]

  it.each(halves)('that ends in its %s is a 400 problem', async (_, bytes) => {
    const exchange = await sendBytes(suite.gateway, bytes, { end: true })
    expect(statusesIn(exchange)).toEqual([400])
    expect(exchange.closedByServer).toBe(true)
  })

  it.each(halves)('that is left while its %s is on the way leaves nothing behind', async (_, bytes) => {
    await sendBytes(suite.gateway, bytes, { timeoutMs: 100 })
    expect((await call(suite.gateway, 'GET', '/auth/health')).status).toBe(200)
  })

  it('that goes no further is told so, 408, and never blamed on a service', async () => {
    const exchanges = await Promise.all(
      ['', ...halves.map(([, bytes]) => bytes)].map(bytes =>
        sendBytes(suite.gateway, bytes, { timeoutMs: 40_000 }),
      ),
    )
    expect(exchanges.map(statusesIn)).toEqual([[408], [408], [408], [408]])
    expect(exchanges.map(({ closedByServer }) => closedByServer)).toEqual([true, true, true, true])
  })
})

afterAll(async () => {
  // What is too busy to answer in time is told of as one that is away.
  await eventually(async () =>
    expect((await call(suite.gateway, 'GET', '/auth/health')).json).toMatchObject({ status: 'healthy' }),
  )
  expect((await sharedSuite()).pids).toEqual(suite.pids)
})
