/** What people see who look at a page: refusals of the gateway's own are pages, too (SPEC §2.3; CHECKLIST 8, 9). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway-under-test.ts'

let gateway: GatewayUnderTest

beforeAll(async () => {
  gateway = await startGatewayUnderTest({
    CORS_ORIGINS: 'https://app.example.com',
    TRUSTED_PROXIES: '127.0.0.0/8',
    BRAND_NAME: 'Acme',
  })
})
afterAll(() => gateway.close())

const asBrowser = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
const from = (address: string) => ({ 'X-Forwarded-For': address })

describe('a refusal on the path of a page', () => {
  it('is a page for who spends too many sign-ins, with Retry-After and the limit', async () => {
    const post = () =>
      fetch(`${gateway.url}/login`, { method: 'POST', headers: { ...asBrowser, ...from('198.51.100.1') } })
    for (let turn = 0; turn < 10; turn += 1) expect((await post()).status).toBe(200)
    const answer = await post()
    const text = await answer.text()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([429, 'text/html; charset=utf-8'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(answer.headers.get('ratelimit-policy')).toBe('"login";q=10;w=60')
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(text).toContain('<h1>Too many attempts</h1>')
    expect(text).toContain('<header>Acme</header>')
    expect(text).toContain(answer.headers.get('x-request-id') ?? 'no request id')
  })

  it('is a page where the service does not answer, in the language of the browser', async () => {
    await gateway.upstreams.identity.close(0)
    const headers = { ...asBrowser, ...from('198.51.100.2'), 'Accept-Language': 'fr' }
    const answer = await fetch(`${gateway.url}/login`, { headers })
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('<html lang="fr">')
  })

  it.each([{ Accept: '*/*' }, { Accept: 'application/json' }])('is JSON for a program: %j', async headers => {
    const answer = await fetch(`${gateway.url}/login`, { method: 'DELETE', headers })
    expect(answer.status).toBe(405)
    expect(await answer.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED' })
  })

  it('stays JSON for a browser on every other path', async () => {
    const answer = await fetch(`${gateway.url}/auth/nothing`, { headers: asBrowser })
    expect(answer.headers.get('content-type')).toMatch(/json/)
  })
})

describe('CHECKLIST 8: no CORS on pages', () => {
  it.each(['/login', '/register', '/oauth/authorize', '/oauth/consent', '/oauth/device', '/oauth/logout'])(
    '%s lets no origin in, listed or not',
    async path => {
      const headers = { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'POST' }
      for (const method of ['OPTIONS', 'GET']) {
        const answer = await fetch(gateway.url + path, { method, headers, redirect: 'manual' })
        expect(answer.headers.get('access-control-allow-origin')).toBeNull()
        expect(answer.headers.get('access-control-allow-methods')).toBeNull()
      }
    },
  )
})
