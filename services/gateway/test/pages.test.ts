/** What people see who look at a page: refusals of the gateway's own are pages, too (SPEC §2.3; CHECKLIST 8, 9). */
import { once } from 'node:events'
import { get as httpGet } from 'node:http'
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

  it('stays JSON for a browser on the path of a program', async () => {
    const answer = await fetch(`${gateway.url}/auth/login`, { headers: asBrowser })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([405, 'application/problem+json'])
  })
})

describe('a path that leads nowhere', () => {
  it.each(['/acount', '/login/', '/no/such/page'])('is a page for a browser: %s', async path => {
    const answer = await fetch(gateway.url + path, { headers: asBrowser })
    const text = await answer.text()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; .*frame-ancestors 'none'/,
    )
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(text).toContain('<h1>There is nothing here</h1>')
    expect(text).not.toContain('What happened')
    expect(text).toContain(answer.headers.get('x-request-id') ?? 'no request id')
  })

  it.each([
    ['de-AT, en;q=0.5', 'de', 'Hier ist nichts'],
    ['fr', 'fr', 'Il n’y a rien ici'],
    ['xx', 'en', 'There is nothing here'],
  ])('speaks the language of the browser: %s', async (accepted, lang, heading) => {
    const answer = await fetch(`${gateway.url}/acount`, {
      headers: { ...asBrowser, 'Accept-Language': accepted },
    })
    const text = await answer.text()
    expect(text).toContain(`<html lang="${lang}">`)
    expect(text).toContain(`<h1>${heading}</h1>`)
  })

  it('shows nothing of what it was asked for', async () => {
    const answer = await fetch(`${gateway.url}/acount/"><script>?token=secret`, { headers: asBrowser })
    expect(await answer.text()).not.toMatch(/acount|script|secret/)
  })

  it('has no body for HEAD', async () => {
    const answer = await fetch(`${gateway.url}/acount`, { method: 'HEAD', headers: asBrowser })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
    expect(await answer.text()).toBe('')
  })

  it.each([{ Accept: '*/*' }, { Accept: 'application/json' }, { Accept: 'image/avif,*/*;q=0.8' }])(
    'is a problem for a program: %j',
    async headers => {
      const answer = await fetch(`${gateway.url}/acount`, { headers })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
      expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND' })
    },
  )

  // `fetch` sends an Accept of its own.
  it('is a problem for a program that does not say what it takes', async () => {
    const [answer] = await once(httpGet(`${gateway.url}/acount`), 'response')
    answer.resume()
    expect(answer.headers['content-type']).toBe('application/problem+json')
  })

  it.each([
    ['/auth/nothing', { code: 'NOT_FOUND' }],
    ['/admin/nothing', { code: 'NOT_FOUND' }],
    ['/oauth/nothing', { error: 'invalid_request' }],
    ['/.well-known', { error: 'invalid_request' }],
  ])('is JSON among those of programs, whoever asks: %s', async (path, members) => {
    const answer = await fetch(gateway.url + path, { headers: asBrowser })
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject(members)
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

  it.each(['/auth/oauth/google/authorize', '/auth/oauth/google/callback'])(
    '%s is for applications too: scripts of listed origins may call it, and no others',
    async path => {
      const allowedTo = async (origin: string) => {
        const headers = { Origin: origin, 'Access-Control-Request-Method': 'GET' }
        const answers = await Promise.all(
          ['OPTIONS', 'GET'].map(method => fetch(gateway.url + path, { method, headers })),
        )
        return answers.map(answer => answer.headers.get('access-control-allow-origin'))
      }
      const listed = 'https://app.example.com'
      expect(await allowedTo(listed)).toEqual([listed, listed])
      expect(await allowedTo('https://evil.example')).toEqual([null, null])
    },
  )
})
