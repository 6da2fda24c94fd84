import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createHealth } from '../../src/health/index.ts'
import type { RunningHttpServer } from '../../src/http/index.ts'
import { startManagementServer } from '../../src/management/index.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import { createLogLines } from '../http/log-lines.ts'

const { logger, text } = createLogLines()
let database: () => Promise<void> = async () => undefined
const health = createHealth({ checks: { database: () => database() }, cacheMs: 0 })

let server: RunningHttpServer
beforeAll(async () => {
  server = await startManagementServer({
    port: 0,
    host: '127.0.0.1',
    health,
    metrics: createMetrics('test'),
    logger,
  })
})
afterAll(() => server.close())

const get = async (path: string, init?: RequestInit) => {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, init)
  const body = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    body: body.startsWith('{') ? JSON.parse(body) : body,
  }
}

describe('the management port', () => {
  it('is alive and ready', async () => {
    expect(await get('/livez')).toMatchObject({ status: 200, body: { status: 'alive' } })
    expect(await get('/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } })
  })

  it('is alive, and not ready, without the database, and says so when asked', async () => {
    database = async () => {
      throw new Error('away')
    }
    expect(await get('/readyz')).toMatchObject({ status: 503, body: { status: 'not_ready' } })
    expect(await get('/readyz?verbose')).toMatchObject({
      status: 503,
      body: { status: 'not_ready', checks: { database: { status: 'down', required: true, error: 'away' } } },
    })
    expect((await get('/livez')).status).toBe(200)
    database = async () => undefined
  })

  it('has metrics for Prometheus', async () => {
    const { status, headers, body } = await get('/metrics')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    expect(body).toContain('process_cpu_seconds_total')
  })

  it('answers HEAD without a body, other methods with 405 and other paths with 404', async () => {
    expect(await get('/livez', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect(await get('/livez', { method: 'POST' })).toMatchObject({
      status: 405,
      body: { code: 'METHOD_NOT_ALLOWED' },
    })
    expect(await get('/')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
  })

  it('does not log probes', () => {
    expect(text).toEqual([])
  })

  it('is not ready while draining', async () => {
    health.drain()
    expect(await get('/readyz')).toMatchObject({ status: 503, body: { status: 'draining' } })
    expect((await get('/livez')).status).toBe(200)
  })
})
