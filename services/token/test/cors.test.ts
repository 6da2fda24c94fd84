/** Which pages may call the OAuth endpoints (Fetch, "CORS protocol"; draft OAuth 2.1 §3.1, CHECKLIST 8). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { adminSettings, anOperator, type Operator } from './an-operator.ts'
import { startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica
let other: Replica
let operator: Operator
beforeAll(async () => {
  suite = await startTokenSuite()
  const settings = { ...adminSettings, CORS_ORIGINS: 'https://portal.example.com' }
  replica = await suite.startReplica(settings)
  other = await suite.startReplica(settings)
  operator = await anOperator(replica)
  await operator.send('POST', '/admin/api/clients', {
    name: 'Page',
    client_type: 'public',
    redirect_uris: [
      'https://spa.example.com/callback',
      'http://localhost:3000/callback',
      'com.example.app:/cb',
    ],
    cors_origins: ['https://widget.example.com'],
  })
  await operator.send('POST', '/admin/api/clients', {
    name: 'Server',
    redirect_uris: ['https://server.example.com/callback'],
  })
})
afterAll(async () => {
  await Promise.all([replica.close(), other.close()])
  await suite.close()
})

const preflight = async (path: string, origin: string, on = replica) => {
  const { status, headers } = await on.send('OPTIONS', path, {
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, dpop',
    },
  })
  return { status, headers, allowed: headers.get('access-control-allow-origin') }
}

const callable = [
  '/oauth/token',
  '/oauth/userinfo',
  '/oauth/revoke',
  '/oauth/par',
  '/oauth/device_authorization',
  '/oauth/register',
  '/oauth/register/some-client',
]

describe('a preflight', () => {
  it.each(callable)('of a public client’s page is answered at %s, without cookies', async path => {
    const { status, headers, allowed } = await preflight(path, 'https://spa.example.com')
    expect([status, allowed]).toEqual([204, 'https://spa.example.com'])
    expect(headers.get('access-control-allow-methods')).toBeTruthy()
    expect(headers.get('access-control-allow-headers')).toMatch(/Authorization.*DPoP/)
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    expect(headers.get('vary')).toContain('Origin')
  })

  it.each(['http://localhost:3000', 'https://widget.example.com', 'https://portal.example.com'])(
    'is answered for %s',
    async origin => expect((await preflight('/oauth/token', origin)).allowed).toBe(origin),
  )

  it.each([
    'https://evil.example',
    // A confidential client has no business in a browser.
    'https://server.example.com',
    'http://spa.example.com',
    'https://spa.example.com.evil.example',
    'com.example.app://',
    'null',
  ])('allows %s nothing', async origin => {
    const { status, headers, allowed } = await preflight('/oauth/token', origin)
    expect([status, allowed, headers.get('access-control-allow-methods')]).toEqual([204, null, null])
  })

  it.each(['/oauth/authorize', '/oauth/consent', '/oauth/logout', '/oauth/introspect', '/admin/api/clients'])(
    'is not for %s',
    async path => expect((await preflight(path, 'https://spa.example.com')).allowed).toBeNull(),
  )

  it('follows the clients at once, in every replica', async () => {
    // A replica that hears nothing looks again after five seconds.
    const soonerThanByItself = { timeoutMs: 4_500 }
    const follow = async (origin: string) => {
      const expectAllowed = async (each: Replica, allowed: string | null) =>
        expect((await preflight('/oauth/token', origin, each)).allowed).toBe(allowed)
      for (const each of [replica, other]) await expectAllowed(each, null)
      const { body } = await operator.send('POST', '/admin/api/clients', {
        name: 'Late',
        client_type: 'public',
        redirect_uris: [`${origin}/callback`],
      })
      for (const each of [replica, other])
        await eventually(() => expectAllowed(each, origin), soonerThanByItself)
      await operator.send('PATCH', `/admin/api/clients/${body?.client_id}`, { active: false })
      for (const each of [replica, other])
        await eventually(() => expectAllowed(each, null), soonerThanByItself)
    }
    // Another one, where a busy machine took longer than that.
    await eventually(() => follow(`https://late-${createUuid()}.example.com`), { timeoutMs: 60_000 })
  })
})

describe('an answer', () => {
  const ask = (origin: string) =>
    replica.postForm('/oauth/token', { grant_type: 'authorization_code', client_id: 'nobody' }, { origin })

  it('may be read by an allowed page, errors and their nonces included', async () => {
    const { status, headers } = await ask('https://spa.example.com')
    expect([status, headers.get('access-control-allow-origin')]).toEqual([401, 'https://spa.example.com'])
    expect(headers.get('access-control-expose-headers')).toMatch(/DPoP-Nonce.*WWW-Authenticate/)
  })

  it('may be read by no other', async () => {
    const { headers } = await ask('https://evil.example')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('vary')).toContain('Origin')
  })
})
