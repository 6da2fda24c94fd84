/** What operators and scripts ask first (SPEC §2.2, §3). */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { call } from '../src/call.ts'
import { aPerson, createDevice } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

describe.each(['/auth/health', '/health'])('GET %s', path => {
  it('is healthy with every dependency by name', async () => {
    // What is too busy to answer in time is told of as one that is away.
    await eventually(async () => {
      const answer = await call(suite.gateway, 'GET', path)
      expect(answer.status).toBe(200)
      expect(answer.json).toEqual({
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
      })
      expect(answer.headers['cache-control']).toBe('no-store')
    })
  })

  it('answers HEAD, and nothing else', async () => {
    expect((await call(suite.gateway, 'HEAD', path)).status).toBe(200)
    const answer = await call(suite.gateway, 'POST', path, { json: {} })
    expect({ status: answer.status, allow: answer.headers.allow }).toEqual({
      status: 405,
      allow: 'GET, HEAD, OPTIONS',
    })
  })
})

describe('GET /metrics, where METRICS_PUBLIC', () => {
  it('has the metrics of every process, in Prometheus’ format', async () => {
    await createDevice(suite).register(aPerson())
    // A process that is too busy to be asked in time is left out of that answer.
    await eventually(async () => {
      const answer = await call(suite.gateway, 'GET', '/metrics')
      expect(answer.status).toBe(200)
      expect(answer.headers['content-type']).toMatch(/^text\/plain/)
      for (const name of [
        'http_request_duration_seconds_bucket',
        'process_cpu_seconds_total',
        'outbox_pending',
      ])
        expect(answer.text).toMatch(new RegExp(`^${name}\\{`, 'm'))
      expect(answer.text).toMatch(/^database_connections\{[^}]*state="/m)
      for (const service of ['gateway', 'identity', 'token', 'session', 'notification'])
        expect(answer.text).toContain(`service="${service}"`)
    })
  })

  it('labels requests by the pattern of their route, so that paths do not fill it', async () => {
    const device = createDevice(suite)
    const { access_token: bearer } = await device.register(aPerson())
    await device.send('DELETE', '/auth/sessions/00000000-0000-4000-8000-000000000000', { bearer })
    await device.send('GET', '/auth/nothing-like-this')
    // A request is counted once its connection knows that it has ended.
    const text = await eventually(async () => {
      const answer = await call(suite.gateway, 'GET', '/metrics')
      expect(answer.text).toContain('route="/auth/sessions/:id"')
      return answer.text
    })
    expect(text).not.toContain('00000000-0000-4000-8000-000000000000')
    expect(text).not.toContain('nothing-like-this')
  })
})

describe('every answer', () => {
  it('carries a request id: a valid one that came in is kept, any other replaced', async () => {
    const ask = async (id?: string) =>
      (
        await call(
          suite.gateway,
          'GET',
          '/auth/health',
          id === undefined ? {} : { headers: { 'X-Request-Id': id } },
        )
      ).headers['x-request-id']
    for (const id of ['my-request.0001', 'req-123']) expect(await ask(id)).toBe(id)
    for (const id of [undefined, 'with space in it', '<script>alert(1)</script>', 'x'.repeat(200)])
      expect(await ask(id)).toMatch(/^[0-9a-f-]{36}$/)
  })

  it.each([
    ['GET', '/auth/health'],
    ['GET', '/auth/me'],
    ['GET', '/auth/nothing'],
    ['POST', '/auth/login'],
    ['GET', '/reset-password'],
  ])('has the security headers: %s %s', async (method, path) => {
    const { headers } = await call(suite.gateway, method, path)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'cache-control': 'no-store',
    })
    expect(headers['x-powered-by']).toBeUndefined()
    expect(headers.server).toBeUndefined()
  })
})
