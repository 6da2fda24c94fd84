import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway-under-test.ts'

let gateway: GatewayUnderTest

beforeAll(async () => {
  gateway = await startGatewayUnderTest({
    RATE_LIMIT_ALLOWLIST: '127.0.0.0/8',
    CORS_ORIGINS: 'https://app.example.com',
    UPSTREAM_TIMEOUT_SECONDS: '1',
  })
})
afterAll(() => gateway.close())
beforeEach(() => {
  gateway.seen.length = 0
  gateway.answers.clear()
})

/** What a client library would not send. */
const raw = (text: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(gateway.port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.setTimeout(20_000, () => socket.destroy(new Error(`no end of the answer: ${answer}`)))
    socket.on('data', chunk => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })

describe('credentials', () => {
  it('that come twice are refused, before any service would see the first of them alone', async () => {
    const [one, two] = ['Authorization: Basic YTpi', 'authorization: Bearer abc']
    for (const fields of [`${one}\r\n${two}`, `${one}\r\n${one}`]) {
      const answer = await raw(
        `POST /oauth/introspect HTTP/1.1\r\nHost: a\r\n${fields}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      )
      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400'])
      expect(answer).toContain('"error":"invalid_request"')
    }
    expect(gateway.seen).toEqual([])
  })
})

describe('a body', () => {
  const post = (connection: Agent, body: string | Readable, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const outgoing = request(`${gateway.url}/auth/login`, { method: 'POST', agent: connection, headers })
      outgoing.on('error', reject)
      outgoing.on('response', response => {
        let text = ''
        response.setEncoding('utf8').on('data', chunk => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      })
      if (typeof body === 'string') outgoing.end(body)
      else body.pipe(outgoing)
    })
  const inChunks = (kilobytes: number) =>
    Readable.from(Array.from({ length: kilobytes }, () => 'x'.repeat(1_024)))

  it.each([
    ['announced', 'x'.repeat(2 * 1024 * 1024)],
    ['in chunks', undefined],
  ])(
    'that is larger than any service reads is a 413, each time, and the connection stays: %s',
    async (_, body) => {
      const connection = new Agent({ keepAlive: true, maxSockets: 1 })
      for (let turn = 0; turn < 5; turn += 1) {
        const refused = await post(connection, body ?? inChunks(2_048))
        expect(refused.status).toBe(413)
        expect(JSON.parse(refused.text)).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
        expect((await post(connection, '{}')).status).toBe(200)
      }
      connection.destroy()
    },
  )

  it('of just as much as the services read goes through, in chunks too', async () => {
    const connection = new Agent()
    expect((await post(connection, 'x'.repeat(65_536))).status).toBe(200)
    expect((await post(connection, inChunks(64))).status).toBe(200)
    expect(gateway.seen.map(({ body }) => body.length)).toEqual([65_536, 65_536])
  })

  it('that stops in the middle is told so, 408, and not laid at the door of the service', async () => {
    const answer = await raw('POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n{"email"')
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 408'])
    expect(answer).toContain('REQUEST_TIMEOUT')
    expect((await fetch(`${gateway.url}/auth/login`, { method: 'POST', body: '{}' })).status).toBe(200)
  })
})

describe('many bodies that come a byte now and then', () => {
  it('hold no connection to a service: others are answered meanwhile', async () => {
    // More than the connections that the gateway has to one service.
    const clients = Array.from({ length: 400 }, () =>
      connect(gateway.port, '127.0.0.1').on('error', () => undefined),
    )
    const head = 'POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{'
    for (const client of clients) client.write(head)
    const drip = setInterval(() => clients.map(client => client.write(' ')), 500)
    try {
      await new Promise(resolve => setTimeout(resolve, 3_000))
      const answer = await fetch(`${gateway.url}/auth/login`, {
        method: 'POST',
        body: '{}',
        signal: AbortSignal.timeout(20_000),
      })
      expect(answer.status).toBe(200)
    } finally {
      clearInterval(drip)
      for (const client of clients) client.destroy()
    }
  })
})

describe('forwarding', () => {
  it('streams a request to the service of its route, and the answer back', async () => {
    gateway.answers.set('/auth/login', { status: 418, headers: { 'Set-Cookie': 'a=b' }, body: '{"x":1}' })
    const response = await fetch(`${gateway.url}/auth/login?x=1`, { method: 'POST', body: '{"email":"a"}' })
    expect([response.status, await response.text(), response.headers.get('set-cookie')]).toEqual([
      418,
      '{"x":1}',
      'a=b',
    ])
    expect(gateway.seen).toMatchObject([
      { service: 'identity', method: 'POST', url: '/auth/login?x=1', body: '{"email":"a"}' },
    ])
  })

  it('strips what the client says of itself and writes what is known (BCP 4.13)', async () => {
    await fetch(`${gateway.url}/auth/login`, {
      method: 'POST',
      headers: {
        Forwarded: 'for=6.6.6.6',
        'X-Forwarded-For': '6.6.6.6',
        'X-Forwarded-Host': 'evil.example',
        'X-Forwarded-Proto': 'gopher',
        'X-Real-IP': '6.6.6.6',
        'X-Latchkey-User': 'admin',
        'X-User-Id': 'admin',
        'X-Original-URL': '/auth/me',
      },
    })
    const { headers } = gateway.seen[0] ?? { headers: {} }
    expect(headers).toMatchObject({
      host: 'auth.example.com',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'auth.example.com',
      'x-forwarded-proto': 'https',
    })
    for (const name of ['forwarded', 'x-real-ip', 'x-latchkey-user', 'x-user-id', 'x-original-url']) {
      expect(headers).not.toHaveProperty(name)
    }
  })

  it('does so too where the client expects 100-continue, names hop-by-hop headers, or writes an absolute target', async () => {
    const answer = await raw(
      'POST http://evil.example/auth/login HTTP/1.1\r\nHost: evil.example\r\nExpect: 100-continue\r\n' +
        'X-Forwarded-For: 6.6.6.6\r\nConnection: close, x-forwarded-for, x-hop, content-type\r\nX-Hop: 1\r\n' +
        'X-End: 1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
    )
    expect(answer).toContain('HTTP/1.1 200')
    expect(gateway.seen[0]?.url).toBe('/auth/login')
    expect(gateway.seen[0]?.headers).toMatchObject({
      host: 'auth.example.com',
      'x-forwarded-for': '127.0.0.1',
      'x-end': '1',
      'content-type': 'application/json',
    })
    // RFC 9110 §7.6.1
    for (const name of ['expect', 'x-hop']) expect(gateway.seen[0]?.headers).not.toHaveProperty(name)
  })

  it('keeps a valid request id and makes one otherwise, for the service and the answer alike', async () => {
    const kept = await fetch(`${gateway.url}/auth/login`, {
      method: 'POST',
      headers: { 'X-Request-Id': 'kept-0123456789' },
    })
    expect(kept.headers.get('x-request-id')).toBe('kept-0123456789')
    const made = await fetch(`${gateway.url}/auth/login`, {
      method: 'POST',
      headers: { 'X-Request-Id': 'a b' },
    })
    expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(gateway.seen.map(({ headers }) => headers['x-request-id'])).toEqual([
      'kept-0123456789',
      made.headers.get('x-request-id'),
    ])
  })
})

describe('what browsers are told', () => {
  it('is told on every answer, and otherwise where a service says otherwise', async () => {
    gateway.answers.set('/oauth/token', { status: 400 })
    gateway.answers.set('/oauth/authorize', {
      status: 200,
      headers: { 'Content-Security-Policy': "default-src 'self'", 'Cache-Control': 'private' },
    })
    const plain = await fetch(`${gateway.url}/oauth/token`, { method: 'POST' })
    const page = await fetch(`${gateway.url}/oauth/authorize`)
    for (const { headers } of [plain, page]) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'permissions-policy': expect.stringContaining('camera=()'),
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        date: expect.stringContaining('GMT'),
      })
    }
    expect(plain.headers.get('cache-control')).toBe('no-store')
    expect(plain.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.headers.get('cache-control')).toBe('private')
    expect(page.headers.get('content-security-policy')).toBe("default-src 'self'")
  })
})

describe('what the gateway answers itself', () => {
  it('answers an unknown path and a wrong method with a problem', async () => {
    const unknown = await fetch(`${gateway.url}/auth/nonexistent`)
    expect([unknown.status, unknown.headers.get('content-type'), await unknown.json()]).toMatchObject([
      404,
      expect.stringContaining('application/problem+json'),
      { status: 404, code: 'NOT_FOUND', request_id: unknown.headers.get('x-request-id') },
    ])
    const wrong = await fetch(`${gateway.url}/auth/login`)
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    expect(gateway.seen).toEqual([])
  })

  it.each(['/auth/login', '/auth/me', '/login', '/oauth/token'])(
    'answers OPTIONS %s with the methods of the path (RFC 9110 §9.3.7)',
    async path => {
      const wrong = await fetch(gateway.url + path, { method: 'PUT' })
      const answer = await fetch(gateway.url + path, { method: 'OPTIONS' })
      expect([answer.status, answer.headers.get('allow')]).toEqual([204, wrong.headers.get('allow')])
      expect(gateway.seen).toEqual([])
    },
  )

  it('answers below /oauth and /.well-known in the shape of OAuth (RFC 6749 §5.2)', async () => {
    const response = await fetch(`${gateway.url}/oauth/nothing`)
    expect([response.status, await response.json()]).toEqual([
      404,
      {
        error: 'invalid_request',
        error_description: expect.any(String),
        error_uri: 'https://latchkey.dev/docs/troubleshooting#invalid_request',
      },
    ])
  })

  it('answers 503 with Retry-After when a service is silent or closed, and says nothing of where it is', async () => {
    await gateway.upstreams.session.close(0)
    const response = await fetch(`${gateway.url}/auth/sessions`, {
      headers: { Authorization: `Bearer ${await gateway.token()}` },
    })
    const text = await response.text()
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2'])
    expect(JSON.parse(text)).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(text).not.toContain('127.0.0.1')
  })

  it('reports the health of every part', async () => {
    const response = await fetch(`${gateway.url}/auth/health`)
    expect([response.status, await response.json()]).toEqual([
      200,
      {
        status: 'healthy',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        dependencies: {
          database: 'healthy',
          redis: 'healthy',
          queue: 'healthy',
          identity: 'healthy',
          token: 'healthy',
          session: 'healthy',
          notification: 'healthy',
        },
        still_works: [],
      },
    ])
  })
})
