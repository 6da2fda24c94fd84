import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { type Differences, type SessionUnderTest, startSessionUnderTest } from './session-under-test.ts'

let service: SessionUnderTest
beforeAll(async () => {
  service = await startSessionUnderTest()
})
afterAll(() => service.close())

const routes = [
  ['GET', '/auth/sessions'],
  ['DELETE', '/auth/sessions'],
  ['DELETE', `/auth/sessions/${createUuid()}`],
  ['POST', '/auth/logout'],
] as const

const refused: readonly (readonly [string, Differences])[] = [
  ['an ID token', { typ: 'JWT' }],
  ['a token of another client', { claims: { client_id: 'third-party' } }],
  ['a token that is no access token', { claims: { type: 'refresh' } }],
  ['a token without a session', { claims: { sid: undefined } }],
  ['a token whose session is no id', { claims: { sid: "x'; --" } }],
  ['a token of another audience', { audience: 'https://api.example.com' }],
]

describe.each(routes)('%s %s', (method, path) => {
  it.each(['', 'Basic dTpw', 'Bearer', 'Bearer a.b.c', 'Bearer lkr_AAAA', 'Bearer a, Bearer b'])(
    'refuses the header %j',
    async authorization => {
      const response = await service.call(method, path, { authorization })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
      expect(await response.json()).toMatchObject({ detail: 'Invalid token', code: 'INVALID_TOKEN' })
    },
  )

  it.each(refused)('refuses %s', async (_name, differences) => {
    const { userId, sessionId } = await service.signIn()
    const token = await service.aToken(userId, sessionId, differences)
    const response = await service.call(method, path, { authorization: `Bearer ${token}` })
    expect([response.status, await response.json()]).toEqual([
      401,
      expect.objectContaining({ detail: 'Invalid token' }),
    ])
    expect((await service.rpc.getSession({ sessionId })).state).toBe('SESSION_STATE_LIVE')
  })

  it('tells an expired token from an invalid one', async () => {
    const { userId, sessionId } = await service.signIn()
    const token = await service.aToken(userId, sessionId, { expiresIn: '-1s' })
    const response = await service.call(method, path, { authorization: `Bearer ${token}` })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ detail: 'Token has expired', code: 'TOKEN_EXPIRED' })
  })

  it('reads no body and minds none', async () => {
    const { accessToken } = await service.signIn()
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' }
    const response = await service.call(method, path, headers, method === 'GET' ? undefined : '{"a":')
    expect(response.status).toBeLessThan(405)
  })
})

describe('a session that has ended', () => {
  it.each(routes.filter(([, path]) => path !== '/auth/logout'))(
    'can no longer %s %s, whatever the gateway missed',
    async (method, path) => {
      const { ask, sessionId } = await service.signIn()
      await service.rpc.endSession({ sessionId, reason: 'END_REASON_PASSWORD_RESET' })
      expect((await ask(method, path)).status).toBe(401)
    },
  )
})

describe('a token in the query string', () => {
  it('is not looked at (draft OAuth 2.1 §5.1)', async () => {
    const { accessToken } = await service.signIn()
    expect((await service.call('GET', `/auth/sessions?access_token=${accessToken}`)).status).toBe(401)
  })
})

describe('the rest of the surface', () => {
  it.each([
    ['PUT', '/auth/sessions', 405],
    ['GET', '/auth/logout', 405],
    ['GET', '/auth/sessions/', 404],
    ['GET', '/auth/session', 404],
  ])('%s %s answers %i as a problem', async (method, path, status) => {
    const response = await service.call(method, path)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    if (status === 405) expect(response.headers.get('allow')).toBeTruthy()
  })
})
