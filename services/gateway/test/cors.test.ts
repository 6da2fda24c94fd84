/** Which pages of other origins may read what. @see Fetch, "CORS protocol" */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway-under-test.ts'

let gateway: GatewayUnderTest

beforeAll(async () => {
  gateway = await startGatewayUnderTest({
    CORS_ORIGINS: 'https://app.example.com',
  })
})
afterAll(() => gateway.close())
beforeEach(() => {
  gateway.seen.length = 0
  gateway.answers.clear()
})

describe('CORS', () => {
  it('answers the preflight of a listed origin with the methods of the path', async () => {
    const response = await fetch(`${gateway.url}/auth/me`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'PATCH' },
    })
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://app.example.com',
    ])
    expect(response.headers.get('access-control-allow-methods')).toContain('PATCH')
    expect(response.headers.get('access-control-allow-credentials')).toBe('true')
  })

  it('marks errors too, so that the page can read them', async () => {
    const response = await fetch(`${gateway.url}/auth/me`, { headers: { Origin: 'https://app.example.com' } })
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([
      401,
      'https://app.example.com',
    ])
  })

  it('says nothing to others, but opens public documents to all', async () => {
    const other = { headers: { Origin: 'https://evil.example' } }
    expect(
      (await fetch(`${gateway.url}/auth/me`, other)).headers.get('access-control-allow-origin'),
    ).toBeNull()
    const keys = await fetch(`${gateway.url}/.well-known/jwks.json`, other)
    expect(keys.headers.get('access-control-allow-origin')).toBe('*')
    expect(keys.headers.get('access-control-allow-credentials')).toBeNull()
    const exposed = keys.headers.get('access-control-expose-headers')?.split(', ') ?? []
    expect(exposed).toEqual([...new Set(exposed)])
  })
})

describe('CORS of a service that knows its clients', () => {
  const origin = 'https://spa.example.com'
  const preflight = (path: string, method: string) =>
    fetch(`${gateway.url}${path}`, {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': method },
    })

  it('is its own: the preflight reaches it, and nothing is added to its answers', async () => {
    gateway.answers.set('/oauth/token', {
      status: 204,
      headers: { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' },
      body: '',
    })
    const answered = await preflight('/oauth/token', 'POST')
    expect([answered.status, answered.headers.get('access-control-allow-origin')]).toEqual([204, origin])
    expect(gateway.seen).toMatchObject([{ service: 'token', method: 'OPTIONS', url: '/oauth/token' }])

    gateway.answers.set('/oauth/token', { status: 200, headers: {}, body: '{}' })
    const silent = await fetch(`${gateway.url}/oauth/token`, { method: 'POST', headers: { Origin: origin } })
    expect(silent.headers.get('access-control-allow-origin')).toBeNull()
  })

  it.each([
    ['/oauth/token', 'DELETE'],
    ['/oauth/authorize', 'GET'],
  ])('reaches nobody for what is not there: %s with %s', async (path, method) => {
    expect((await preflight(path, method)).status).toBe(405)
    expect(gateway.seen).toEqual([])
  })

  it('does not hide what the gateway itself refuses', async () => {
    const refused = await fetch(`${gateway.url}/oauth/token`, { method: 'PUT', headers: { Origin: origin } })
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([405, '*'])
  })
})
