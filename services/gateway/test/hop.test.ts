/** The hop to a service alone, with services that behave as badly as they can. */
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { loadTls } from '@latchkey/runtime/certificates'
import { createHttpApp, type RunningHttpServer, startHttpServer } from '@latchkey/runtime/http'
import { createLogger } from '@latchkey/runtime/logger'
import { createTestTls, eventually } from '@latchkey/testkit'
import { createProxy, type ReverseProxy } from '../src/http/proxy.ts'

type Serve = Parameters<typeof createServer>[1]

const timeoutMs = 1_000
let serve: NonNullable<Serve>
let opened = 0
let service: ReturnType<typeof createServer>
let proxy: ReverseProxy
let front: RunningHttpServer
let url: string
let remove: () => Promise<void>

beforeAll(async () => {
  const authority = await createTestTls()
  remove = authority.remove
  const own = await loadTls(await authority.issue('token'))
  service = createServer({ ...own, requestCert: true }, (req, res) => serve(req, res))
  service.on('secureConnection', () => {
    opened += 1
  })
  service.listen(0, '127.0.0.1')
  await once(service, 'listening')
  const at = `https://127.0.0.1:${(service.address() as AddressInfo).port}`
  const urls = { identity: [at], token: [at], session: [at] } as const
  const tls = await loadTls(await authority.issue('gateway'))
  proxy = createProxy({ urls, tls, timeoutMs, stalledMs: 5_000, now: () => new Date() })
  const logger = createLogger({ service: 'test', level: 'ERROR', destination: new PassThrough() })
  const app = createHttpApp({
    logger,
    routes: [],
    fallback: (req, res) =>
      proxy.forward(
        // The service has the certificate of token alone.
        req.path === '/stranger' ? 'identity' : 'token',
        { path: req.url, headers: { host: 'auth.example.com' } },
        req,
        res,
      ),
  })
  front = await startHttpServer({ app, port: 0, host: '127.0.0.1', logger })
  url = `http://127.0.0.1:${front.port}`
})
afterAll(async () => {
  await front.close(500)
  await proxy.close()
  service.close()
  service.closeAllConnections()
  await remove()
})
beforeEach(() => {
  serve = (_req, res) => void res.end('{}')
})

describe('a service that', () => {
  it('is silent, is given up after the time-out, and told so', async () => {
    let left = false
    serve = (req, _res) => void req.socket.once('close', () => (left = true))
    const startedMs = performance.now()
    const response = await fetch(`${url}/`, { method: 'POST', body: '{}' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2'])
    expect(performance.now() - startedMs).toBeLessThan(10 * timeoutMs)
    await eventually(() => expect(left).toBe(true))
  })

  it('hangs up instead of an answer is a 503, and is not asked a second time: it may have acted', async () => {
    let asked = 0
    serve = req => {
      asked += 1
      req.socket.destroy()
    }
    expect((await fetch(`${url}/`, { method: 'POST', body: '{}' })).status).toBe(503)
    expect(asked).toBe(1)
  })

  it('hangs up in the middle of an answer does not pass for one that has ended', async () => {
    serve = (req, res) => {
      res.writeHead(200, { 'Content-Length': 100 }).write('half')
      setTimeout(() => req.socket.destroy(), 50)
    }
    await expect(fetch(`${url}/`).then(response => response.text())).rejects.toThrow()
  })

  it('falls silent in the middle of an answer is cut off', async () => {
    serve = (_req, res) => void res.writeHead(200).write('half')
    await expect(fetch(`${url}/`).then(response => response.text())).rejects.toThrow()
  })

  it('has the certificate of another one is not spoken to', async () => {
    let asked = 0
    serve = (_req, res) => {
      asked += 1
      res.end()
    }
    expect((await fetch(`${url}/stranger`)).status).toBe(503)
    expect(asked).toBe(0)
  })
})

describe('an answer', () => {
  it('is passed on while it is made, and keeps what belongs to it alone', async () => {
    serve = (_req, res) => {
      res.writeHead(200, {
        'Set-Cookie': ['a=1', 'b=2'],
        'Keep-Alive': 'timeout=1',
        'Proxy-Authenticate': 'Basic',
        Connection: 'keep-alive, x-hop',
        'X-Hop': '1',
        'X-End': '1',
      })
      res.write('first ')
      setTimeout(() => res.end('last'), 100)
    }
    const response = await fetch(`${url}/`)
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('x-end')).toBe('1')
    // RFC 9110 §7.6.1
    for (const name of ['proxy-authenticate', 'x-hop']) expect(response.headers.has(name)).toBe(false)
    expect(response.headers.get('keep-alive')).not.toBe('timeout=1')
    expect(await response.text()).toBe('first last')
  })

  it.each(['HEAD', 'GET'])('without a body has ended at once: 304 to %s', async method => {
    serve = (_req, res) => void res.writeHead(304, { ETag: '"x"' }).end()
    const response = await fetch(`${url}/`, { method })
    expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([304, '"x"', ''])
  })

  it('to HEAD tells the length of what GET gets, and the connection is kept', async () => {
    serve = (_req, res) => void res.writeHead(200, { 'Content-Length': 5 }).end()
    await fetch(`${url}/`, { method: 'HEAD' })
    const before = opened
    const response = await fetch(`${url}/`, { method: 'HEAD' })
    expect([response.headers.get('content-length'), opened]).toEqual(['5', before])
  })

  it('is asked for no faster than the client takes it', async () => {
    const chunk = Buffer.alloc(64 * 1024)
    let written = 0
    serve = (_req, res) => {
      const write = () => {
        while (written < 1_024) {
          written += 1
          if (!res.write(chunk)) return void res.once('drain', write)
        }
        res.end()
      }
      write()
    }
    const [response] = (await once(httpRequest(`${url}/`).end(), 'response')) as [IncomingMessage]
    await new Promise(resolve => setTimeout(resolve, 300))
    // 64 MB; what is underway lies in the buffers of four sockets.
    expect(written).toBeLessThan(512)
    let size = 0
    for await (const bytes of response) size += bytes.length
    expect(size).toBe(1_024 * chunk.length)
  })
})

describe('a client that takes nothing of its answers', () => {
  /** Two that wait for requests: making one may take longer than a request waits. */
  const openConnections = async (): Promise<void> => {
    const waiting: ServerResponse[] = []
    serve = (_req, res) => {
      if (waiting.push(res) === 2) for (const answer of waiting) answer.end()
    }
    await eventually(async () => {
      waiting.length = 0
      const answers = await Promise.all([fetch(url), fetch(url)])
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
    })
  }

  it('does not keep connections to the service for itself, however many answers wait for it', async () => {
    await openConnections()
    const sockets: Socket[] = []
    serve = (req, res) => {
      sockets.push(req.socket)
      // More than lies in the buffers of all sockets on the way.
      res.end(Buffer.alloc(64 * 1_024 * 1_024))
    }
    const client = connect(front.port, '127.0.0.1').pause()
    client.on('error', () => undefined)
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2))
    await eventually(() => expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true]), {
      timeoutMs: 30_000,
    })
    client.destroy()
  }, 40_000)
})

describe('a client that leaves', () => {
  it('takes its request back from the service, and costs nobody else anything', async () => {
    const arrived = Promise.withResolvers<Socket>()
    serve = req => arrived.resolve(req.socket)
    const leaving = new AbortController()
    const answer = fetch(`${url}/`, { method: 'POST', body: '{}', signal: leaving.signal })
    const socket = await arrived.promise
    leaving.abort()
    await expect(answer).rejects.toThrow()
    await eventually(() => expect(socket.destroyed).toBe(true))
    serve = (_req, res) => void res.end('{}')
    expect((await fetch(`${url}/`)).status).toBe(200)
  })
})
