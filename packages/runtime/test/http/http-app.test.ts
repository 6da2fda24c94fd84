import { EventEmitter, once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { z } from 'zod'
import { currentContext } from '../../src/context/index.ts'
import { createHttpApp, type RunningHttpServer, readJson, startHttpServer } from '../../src/http/index.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import { notFound, Problem, tooManyRequests, unauthorized, unavailable } from '../../src/problem/index.ts'
import { createLogLines } from './log-lines.ts'

const { logger, text, lines, access } = createLogLines()
const metrics = createMetrics('test')
const uuid = '01890f5e-7b1c-7def-8a3b-1234567890ab'

const arrivals = new EventEmitter()

const app = createHttpApp({
  logger,
  metrics,
  strictTransportSecurity: true,
  mapError: error => (error instanceof RangeError ? notFound('No such range') : undefined),
  routes: [
    { method: 'GET', path: '/things/mine', handler: (_req, res) => void res.json({ id: 'mine' }) },
    { method: 'GET', path: '/things/:id', handler: (req, res) => void res.json({ id: req.params.id }) },
    { method: 'DELETE', path: '/things/:id', handler: (_req, res) => void res.status(204).end() },
    {
      method: 'POST',
      path: '/json',
      handler: async (req, res) => {
        arrivals.emit('json')
        res.json(await readJson(req, z.object({})))
      },
    },
    {
      method: 'GET',
      path: '/context',
      handler: (_req, res) => void res.json(currentContext()),
    },
    {
      method: 'GET',
      path: '/fail/:how',
      handler: async req => {
        if (req.params.how === 'bug') throw new Error('password=hunter2 in a message')
        if (req.params.how === 'mapped') throw new RangeError('beyond')
        if (req.params.how === 'token') throw unauthorized('Token has expired')
        if (req.params.how === 'limit') throw tooManyRequests('Rate limit exceeded', 12.2)
        throw unavailable(undefined, 3, new Error('connect ECONNREFUSED'))
      },
    },
    {
      method: 'GET',
      path: '/redirect/:length',
      handler: (req, res) => {
        const start = 'https://app.example.com/?state='
        res.redirect(303, start.padEnd(Number(req.params.length), 's'))
      },
    },
    {
      method: 'GET',
      path: '/half',
      handler: (_req, res) => {
        res.write('half')
        throw new Error('too late')
      },
    },
  ],
})

let server: RunningHttpServer
let base: string
beforeAll(async () => {
  server = await startHttpServer({ app, port: 0, host: '127.0.0.1', logger })
  base = `http://127.0.0.1:${server.port}`
})
afterAll(() => server.close())

const get = (path: string, init?: RequestInit) => fetch(base + path, init)
const _post = (path: string, body: string, contentType = 'application/json', headers = {}) =>
  get(path, { method: 'POST', body, headers: { 'content-type': contentType, ...headers } })
const problemOf = async (answer: Response) => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const body = z.record(z.string(), z.unknown()).parse(await answer.json())
  expect(body).toMatchObject({ status: answer.status, request_id: answer.headers.get('x-request-id') })
  return body
}

describe('every answer', () => {
  it('carries the request id, kept where a valid one came in', async () => {
    expect(
      (await get('/things/1', { headers: { 'x-request-id': 'from-outside-1' } })).headers.get('x-request-id'),
    ).toBe('from-outside-1')
    const replaced = (await get('/nowhere', { headers: { 'x-request-id': 'no spaces, please' } })).headers
    expect(replaced.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('carries the security headers and does not say what serves it', async () => {
    for (const path of ['/things/1', '/nowhere', '/fail/bug']) {
      const { headers } = await get(path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('strict-transport-security')).toContain('max-age=63072000')
      expect(headers.has('x-powered-by')).toBe(false)
      expect(headers.has('etag')).toBe(false)
    }
  })

  it('leaves to the gateway in front what that one tells browsers', async () => {
    const inner = await startHttpServer({
      app: createHttpApp({ logger, behindGateway: true, routes: [] }),
      port: 0,
      host: '127.0.0.1',
      logger,
    })
    const { headers } = await fetch(`http://127.0.0.1:${inner.port}/nowhere`)
    await inner.close()
    expect(headers.get('cache-control')).toBe('no-store')
    for (const name of ['content-security-policy', 'x-frame-options', 'date'])
      expect(headers.has(name)).toBe(false)
  })

  it('is served within the trace of the caller', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const answer = await get('/context', { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } })
    expect(await answer.json()).toMatchObject({ traceId })
  })
})

describe('a redirect', () => {
  const follow = (length: number) => get(`/redirect/${length}`, { redirect: 'manual' })

  it('goes to any address that fits into the headers of an answer', async () => {
    const answer = await follow(14_336)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toHaveLength(14_336)
  })

  it('is refused where no client or proxy would read it, instead of breaking on the way', async () => {
    const answer = await follow(14_337)
    expect(answer.status).toBe(400)
    expect(await problemOf(answer)).toMatchObject({ code: 'REDIRECT_TOO_LONG' })
  })
})

describe('the table of routes', () => {
  it('serves HEAD where it serves GET, without a body', async () => {
    const answer = await get('/things/1', { method: 'HEAD' })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('')
  })

  it('answers an unknown path with a 404 problem', async () => {
    for (const path of ['/nowhere', '/Things/1', '/things/1/', '/things/1/more', '//things/1']) {
      expect(await problemOf(await get(path))).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    }
  })

  it('answers another method with a 405 problem and Allow (RFC 9110 §15.5.6)', async () => {
    const answer = await get('/things/1', { method: 'PUT' })
    expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD, OPTIONS')
    expect(await problemOf(answer)).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' })
  })

  it('lets a more general pattern serve what a special one does not', async () => {
    expect((await get('/things/mine', { method: 'DELETE' })).status).toBe(204)
    expect(await (await get('/things/mine')).json()).toEqual({ id: 'mine' })
  })

  it('answers OPTIONS with the methods (RFC 9110 §9.3.7)', async () => {
    const answer = await get('/things/1', { method: 'OPTIONS' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([204, 'DELETE, GET, HEAD, OPTIONS'])
    expect((await get('/nowhere', { method: 'OPTIONS' })).status).toBe(404)
  })

  it.each(['/things/%', '/things/%zz', '/things/%ff', '/things/%00', '/nowhere/%e0%a4'])(
    'refuses malformed percent-encoding with a 400 problem: %s',
    async path => {
      expect(await problemOf(await get(path))).toMatchObject({ status: 400, code: 'MALFORMED_PATH' })
    },
  )
})

describe('errors', () => {
  it('that nobody expected are 500 problems that say nothing, and are logged with their cause', async () => {
    const body = await problemOf(await get('/fail/bug'))
    expect(body).toEqual({
      type: 'https://latchkey.dev/problems/internal-error',
      title: 'Internal error',
      status: 500,
      detail: 'Something went wrong on our side',
      code: 'INTERNAL_ERROR',
      request_id: expect.any(String),
    })
    const line = lines().find(({ request_id }) => request_id === body.request_id)
    expect(line).toMatchObject({
      level: 'ERROR',
      error: { type: 'Error', message: 'password=[redacted] in a message' },
    })
  })

  it('of the service become problems by its own map', async () => {
    expect(await problemOf(await get('/fail/mapped'))).toMatchObject({ status: 404, detail: 'No such range' })
  })

  it('carry their headers', async () => {
    const token = await get('/fail/token')
    expect(token.headers.get('www-authenticate')).toBe(
      'Bearer error="invalid_token", error_description="Token has expired"',
    )
    expect(await problemOf(token)).toMatchObject({ status: 401, code: 'TOKEN_EXPIRED' })
    expect((await get('/fail/limit')).headers.get('retry-after')).toBe('13')
    const away = await get('/fail/away')
    expect(away.headers.get('retry-after')).toBe('3')
    expect(await problemOf(away)).toMatchObject({
      status: 503,
      detail: 'The service is temporarily unavailable',
    })
  })

  it('after half an answer cut it off, so that it does not pass for a whole one', async () => {
    await expect(get('/half').then(answer => answer.text())).rejects.toThrow()
  })

  it('never become a page of express, even where the service fails to map or to write them', async () => {
    const broken = () => {
      throw new Error('broken hunter2')
    }
    for (const init of [{ mapError: broken }, { renderProblem: broken }]) {
      const routes = [{ method: 'GET', path: '/x', handler: broken }] as const
      const other = await startHttpServer({
        app: createHttpApp({ logger, routes, ...init }),
        port: 0,
        host: '127.0.0.1',
        logger,
      })
      const answer = await fetch(`http://127.0.0.1:${other.port}/x`)
      expect(await problemOf(answer)).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' })
      await other.close()
    }
  })

  it('may be written in another form', async () => {
    const oauth = createHttpApp({
      logger,
      routes: [],
      renderProblem: (problem, _req, res) => void res.status(problem.status).json({ error: problem.code }),
    })
    const other = await startHttpServer({ app: oauth, port: 0, host: '127.0.0.1', logger })
    const answer = await fetch(`http://127.0.0.1:${other.port}/x`)
    expect([answer.status, await answer.json()]).toEqual([404, { error: 'NOT_FOUND' }])
    await other.close()
  })
})

describe('the access log', () => {
  it('has one line for each request, with the pattern of the route and neither ids nor the query', async () => {
    const requestId = 'access-log-1'
    await get(`/things/${uuid}?code=s3cr3t-code&plain=visible`, { headers: { 'x-request-id': requestId } })
    const line = await eventually(() => {
      const found = access().filter(({ request_id }) => request_id === requestId)
      expect(found).toHaveLength(1)
      return found[0]
    })
    expect(line).toMatchObject({
      level: 'INFO',
      method: 'GET',
      route: '/things/:id',
      status: 200,
      duration_ms: expect.any(Number),
      trace_id: expect.any(String),
    })
    expect(text.join('')).not.toContain(uuid)
    expect(text.join('')).not.toContain('s3cr3t-code')
    expect(text.join('')).not.toContain('visible')
  })

  it('says so when nothing matched, and when the client left', async () => {
    await get('/nowhere/42', { headers: { 'x-request-id': 'access-log-2' } })
    await eventually(() =>
      expect(access()).toContainEqual(
        expect.objectContaining({ request_id: 'access-log-2', route: 'unmatched', status: 404 }),
      ),
    )
    const leaving = new AbortController()
    const body = new ReadableStream({ start: controller => controller.enqueue(Buffer.from('{')) })
    const init = { method: 'POST', body, duplex: 'half', signal: leaving.signal } as const
    const headers = { 'content-type': 'application/json', 'x-request-id': 'access-log-3' }
    const arrived = once(arrivals, 'json')
    const left = get('/json', { ...init, headers }).catch(() => 'left')
    await arrived
    leaving.abort()
    expect(await left).toBe('left')
    await eventually(() =>
      expect(access()).toContainEqual(
        expect.objectContaining({ request_id: 'access-log-3', status: 499, aborted: true }),
      ),
    )
  })

  it('tells behind a gateway of what did not go well, and of the rest at DEBUG', async () => {
    const inner = createLogLines()
    const server = await startHttpServer({
      app: createHttpApp({
        logger: inner.logger,
        behindGateway: true,
        routes: [{ method: 'GET', path: '/fine', handler: (_req, res) => void res.json({}) }],
      }),
      port: 0,
      host: '127.0.0.1',
      logger: inner.logger,
    })
    for (const path of ['/fine', '/missing']) await fetch(`http://127.0.0.1:${server.port}${path}`)
    await eventually(() =>
      expect(inner.access()).toMatchObject([
        { level: 'DEBUG', route: '/fine', status: 200 },
        { level: 'INFO', route: 'unmatched', status: 404 },
      ]),
    )
    await server.close()
  })

  it('has its counterpart in the metrics', async () => {
    const { body } = await metrics.render()
    expect(body).toMatch(/http_request_duration_seconds_count\{.*route="\/things\/:id".*status="200".*\} \d+/)
    expect(body).not.toContain(uuid)
  })
})

describe('problems', () => {
  it('have a type that follows their code', () => {
    expect(new Problem({ status: 409, code: 'EMAIL_EXISTS', detail: 'taken' })).toMatchObject({
      title: 'Email exists',
      message: 'taken',
    })
  })
})
