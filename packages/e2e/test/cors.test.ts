/** Which web pages may call the API (SPEC §2.2, §3: CORS_ORIGINS). */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { call } from '../src/call.ts'
import { aPerson } from '../src/person.ts'
import { appOrigin, type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const preflight = (path: string, method: string, origin: string) =>
  call(suite.gateway, 'OPTIONS', path, {
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': 'authorization, content-type',
    },
  })

describe('a preflight', () => {
  it.each([
    ['/auth/register', 'POST'],
    ['/auth/login', 'POST'],
    ['/auth/refresh', 'POST'],
    ['/auth/me', 'PATCH'],
    ['/auth/me', 'DELETE'],
    ['/auth/password', 'PUT'],
    ['/auth/sessions', 'GET'],
    ['/auth/sessions/some-id', 'DELETE'],
    ['/auth/health', 'GET'],
  ])('lets a listed origin ask for %s with %s', async (path, method) => {
    const answer = await preflight(path, method, appOrigin)
    expect(answer.status).toBe(204)
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': appOrigin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': expect.stringContaining(method),
      'access-control-allow-headers': expect.stringMatching(/Authorization.*Content-Type/),
      vary: expect.stringContaining('Origin'),
    })
  })

  it.each(['https://evil.example', 'http://app.example.com', 'https://app.example.com.evil.example', 'null'])(
    'lets the origin %s ask for nothing',
    async origin => {
      const answer = await preflight('/auth/login', 'POST', origin)
      expect(answer.status).toBe(204)
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
    },
  )

  it('knows no path that is none', async () => {
    const answer = await preflight('/auth/nothing', 'POST', appOrigin)
    expect(answer.status).toBe(404)
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('an answer', () => {
  it('may be read by a listed origin, with the headers that it needs, refusals included', async () => {
    const answer = await call(suite.gateway, 'POST', '/auth/login', {
      json: { email: aPerson().email, password: 'Wrong-Guess-1!' },
      headers: { Origin: appOrigin },
    })
    expect(answer.status).toBe(401)
    expect(answer.headers['access-control-allow-origin']).toBe(appOrigin)
    for (const name of [
      'X-Request-Id',
      'X-RateLimit-Remaining',
      'Retry-After',
      'WWW-Authenticate',
      'DPoP-Nonce',
    ])
      expect(answer.headers['access-control-expose-headers']).toContain(name)
  })

  it('may be read by no other origin, and is kept apart in caches', async () => {
    const answer = await call(suite.gateway, 'GET', '/auth/me', {
      headers: { Origin: 'https://evil.example' },
    })
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    expect(answer.headers.vary).toContain('Origin')
  })

  it('names one allowed origin, once, also where a service answers', async () => {
    const answer = await call(suite.gateway, 'POST', '/auth/register', {
      json: aPerson(),
      headers: { Origin: appOrigin },
    })
    expect(answer.status).toBe(201)
    expect(answer.headers['access-control-allow-origin']).toBe(appOrigin)
  })
})

describe('OPTIONS without a preflight', () => {
  it('names the methods of the path', async () => {
    const answer = await call(suite.gateway, 'OPTIONS', '/auth/me')
    expect([answer.status, answer.headers.allow]).toEqual([204, 'GET, PATCH, DELETE, HEAD, OPTIONS'])
  })
})
