/**
 * SPEC §2.2 "Social sign-in", with the certified `oidc-provider` on the other side: as applications use it, and as people
 * come by the pages. What no honest provider does is in `services/identity/test/social-*.test.ts`.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser, eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { type Answer, call } from '../src/call.ts'
import { continueWithDemo, providerLinkOf, signInUpstream } from '../src/demo-provider.ts'
import { statusesOf } from '../src/person.ts'
import { type OwnSuite, startSuite, withoutLimits } from '../src/suite.ts'

let suite: OwnSuite
beforeAll(async () => {
  suite = await startSuite({ settings: withoutLimits })
})
afterAll(() => suite.stop())

const redirectUri = 'http://localhost:3000/callback'
const aPerson = () => ({ email: `upstream-${randomUUID()}@example.com`, name: 'Ada Lovelace' })

const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  call(suite.gateway, 'GET', path, { headers })
const pathOf = ({ pathname, search }: URL): string => `${pathname}${search}`

const begin = async (): Promise<{ authorization_url: string; state: string }> => {
  const { status, text } = await get(`/auth/oauth/demo/authorize?redirect_uri=${redirectUri}`)
  expect(status).toBe(200)
  return JSON.parse(text)
}

describe('an application', () => {
  it('is told which providers there are', async () => {
    expect((await get('/auth/oauth/providers')).json).toEqual({
      providers: [{ name: 'demo', display_name: 'Demo provider' }],
    })
  })

  it('sends its user there, gets a code at its redirect_uri and tokens for it', async () => {
    const person = aPerson()
    const { authorization_url: url, state } = await begin()
    expect(new URL(url).origin).toBe(suite.demo.provider.issuer)
    const back = await signInUpstream(suite, url, person)
    const led = await get(pathOf(back), { accept: 'text/html' })
    expect(led.status).toBe(303)
    const { searchParams, origin, pathname } = new URL(String(led.headers.location))
    expect(`${origin}${pathname}`).toBe(redirectUri)
    expect(searchParams.get('state')).toBe(state)
    const query = new URLSearchParams({ code: searchParams.get('code') ?? '', state })
    const answer = await get(`/auth/oauth/demo/callback?${query}`)
    expect({ status: answer.status, json: answer.json }).toMatchObject({
      status: 200,
      json: { user: { email: person.email, email_verified: true, name: person.name }, token_type: 'Bearer' },
    })
    const { access_token: bearer }: { access_token: string } = JSON.parse(answer.text)
    expect((await call(suite.gateway, 'GET', '/auth/me', { bearer })).json).toMatchObject({
      email: person.email,
    })
    expect((await get(`/auth/oauth/demo/callback?${query}`)).status).toBe(400)
  })

  it('hands over what came back, as Archon’s did; of twenty at once one is let in', async () => {
    const back = await signInUpstream(suite, (await begin()).authorization_url, aPerson())
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(pathOf(back))))
    expect(statusesOf(answers)).toEqual([200, ...Array(19).fill(400)])
  })

  it('gets 400 `Invalid state parameter` for a forged one', async () => {
    const { status, json } = await get('/auth/oauth/demo/callback?code=abc123&state=xyz789')
    expect({ status, json }).toMatchObject({ status: 400, json: { detail: 'Invalid state parameter' } })
  })

  it('lets operators see the state in Redis while it is under way', async () => {
    const { state, authorization_url: url } = await begin()
    const redis = new Redis(suite.redis_url)
    const shown = await eventually(async () => {
      const text = await redis.get(`oauth:state:${state}`)
      expect(text).not.toBeNull()
      return text ?? ''
    })
    expect(JSON.parse(shown)).toMatchObject({ provider: 'demo' })
    await get(pathOf(await signInUpstream(suite, url, aPerson())))
    await eventually(async () => expect(await redis.exists(`oauth:state:${state}`)).toBe(0))
    redis.disconnect()
  })

  it.each([
    ['nonce', 502, 'PROVIDER_ANSWER_INVALID'],
    ['code_challenge', 400, 'INVALID_PROVIDER_CODE'],
  ])('a forged %s in the browser leads nowhere', async (name, status, code) => {
    const url = new URL((await begin()).authorization_url)
    url.searchParams.set(name, 'A'.repeat(43))
    const answer = await get(pathOf(await signInUpstream(suite, url, aPerson())))
    expect({ status: answer.status, json: answer.json }).toMatchObject({ status, json: { code } })
  })

  it.each([
    ['iss', 'https://evil.example'],
    ['code', 'forged'],
  ])('a forged %s in what comes back leads nowhere', async (name, value) => {
    const back = await signInUpstream(suite, (await begin()).authorization_url, aPerson())
    back.searchParams.set(name, value)
    expect((await get(pathOf(back))).json).toMatchObject({ code: 'INVALID_PROVIDER_CODE' })
  })

  it('is told that its user said no', async () => {
    const back = await signInUpstream(suite, (await begin()).authorization_url, aPerson(), 'deny')
    expect((await get(pathOf(back))).json).toMatchObject({ code: 'PROVIDER_DENIED' })
  })

  it.each([
    ['has not verified', { verified: false }],
    ['does not tell', { email: '' }],
  ])('is told where an address is needed that the provider %s', async (_what, given) => {
    const person = { ...aPerson(), name: randomUUID(), ...given }
    const back = await signInUpstream(suite, (await begin()).authorization_url, person)
    expect((await get(pathOf(back))).json).toMatchObject({ code: 'VERIFIED_EMAIL_NEEDED' })
  })
})

describe('a person', () => {
  it('continues with the provider at /login, and is signed in', async () => {
    const browser = createPlainBrowser(suite.gateway)
    const person = aPerson()
    const login = await browser.open('/login')
    expect(login.html).toContain('Continue with Demo provider')
    const account = await continueWithDemo(suite, browser, login.html, person)
    expect(account.url.pathname).toBe('/account')
    expect(account.html).toContain(person.email)
    const providers = await browser.open('/account/providers')
    expect(providers.html).toContain('Demo provider')
  })

  it('can not be sent there by another site, nor come back in another browser', async () => {
    const [mine, other] = [createPlainBrowser(suite.gateway), createPlainBrowser(suite.gateway)]
    const link = providerLinkOf((await mine.open('/login')).html)
    expect((await other.open(link)).status).toBe(403)
    const back = await signInUpstream(suite, (await mine.open(link)).url, aPerson())
    const refused = await other.open(String(back))
    expect([refused.status, refused.html]).toEqual([400, expect.stringContaining('does not work any more')])
    expect((await mine.open(String(back))).url.pathname).toBe('/account')
  })
})

describe('a provider that is away', () => {
  it('is 503 PROVIDER_UNAVAILABLE; the others, and passwords, go on', async () => {
    const away = await startSuite({
      settings: {
        OIDC_PROVIDERS: JSON.stringify([
          { name: 'away', issuer: 'http://127.0.0.1:9', client_id: 'latchkey' },
        ]),
      },
    })
    try {
      const { status, headers, json } = await call(
        away.gateway,
        'GET',
        `/auth/oauth/away/authorize?redirect_uri=${redirectUri}`,
      )
      expect({ status, json }).toMatchObject({ status: 503, json: { code: 'PROVIDER_UNAVAILABLE' } })
      expect(Number(headers['retry-after'])).toBeGreaterThan(0)
      expect((await call(away.gateway, 'GET', '/login')).text).toContain('Continue with away')
    } finally {
      await away.stop()
    }
  })
})
