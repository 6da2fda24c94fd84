import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { fromTimestamp, toTimestamp } from '@latchkey/contracts'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { listOf, type SessionUnderTest, startSessionUnderTest } from './session-under-test.ts'

let service: SessionUnderTest
beforeAll(async () => {
  service = await startSessionUnderTest()
})
afterAll(() => service.close())

const stateOf = async (sessionId: string) => (await service.rpc.getSession({ sessionId })).state

describe('GET /auth/sessions', () => {
  it('shows each session as SPEC §2.2 has it, latest use first, and which one asks', async () => {
    const laptop = await service.signIn({ ipAddress: '203.0.113.7' })
    const phone = await service.signIn({ userId: laptop.userId, userAgent: 'curl/8.5.0', ipAddress: '::1' })
    const response = await laptop.ask('GET', '/auth/sessions')
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const { sessions, total } = await listOf(response)
    expect(total).toBe(2)
    expect(sessions).toEqual([
      {
        id: phone.sessionId,
        created_at: expect.any(String),
        last_accessed: expect.any(String),
        expires_at: expect.any(String),
        ip_address: '::1',
        user_agent: 'curl/8.5.0',
        device: 'curl',
        current: false,
        active: true,
      },
      expect.objectContaining({
        id: laptop.sessionId,
        ip_address: '203.0.113.7',
        device: 'Firefox on Linux',
        current: true,
        active: true,
      }),
    ])
  })

  it('shows nothing of other users', async () => {
    await service.signIn()
    const { ask } = await service.signIn()
    expect((await listOf(await ask('GET', '/auth/sessions'))).total).toBe(1)
  })

  it('lasts 3600 s, or 604800 s where the user asked to be remembered', async () => {
    const short = await service.signIn()
    const long = await service.signIn({ userId: short.userId, userAgent: 'other', rememberMe: true })
    const asked = [short, long].map(({ sessionId }) => service.rpc.getSession({ sessionId }))
    expect((await Promise.all(asked)).map(({ rememberMe }) => rememberMe)).toEqual([false, true])
    const { sessions } = await listOf(await short.ask('GET', '/auth/sessions'))
    const ttlOf = (id: string) => {
      const session = sessions.find(each => each.id === id)
      return (Date.parse(String(session?.expires_at)) - Date.parse(String(session?.last_accessed))) / 1000
    }
    expect([ttlOf(short.sessionId), ttlOf(long.sessionId)]).toEqual([3600, 604_800])
  })
})
describe('ListSessions and EndSession, for the account page', () => {
  it('list what GET /auth/sessions shows', async () => {
    const laptop = await service.signIn({ ipAddress: '203.0.113.7' })
    const phone = await service.signIn({ userId: laptop.userId, userAgent: 'curl/8.5.0', ipAddress: '' })
    await service.signIn()
    const { sessions } = await service.rpc.listSessions({ userId: laptop.userId })
    const shown = await listOf(await laptop.ask('GET', '/auth/sessions'))
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual(shown.sessions.map(({ id }) => id))
    expect(sessions).toEqual([
      expect.objectContaining({ sessionId: phone.sessionId, device: 'curl', ipAddress: '' }),
      expect.objectContaining({
        sessionId: laptop.sessionId,
        ipAddress: '203.0.113.7',
        device: 'Firefox on Linux',
        active: true,
      }),
    ])
  })

  it('end a session of that user alone, and say whether they did', async () => {
    const owner = await service.signIn()
    const stranger = await service.signIn()
    const end = (userId: string) =>
      service.rpc.endSession({ sessionId: owner.sessionId, userId, reason: 'END_REASON_ENDED_BY_USER' })
    expect(await end(stranger.userId)).toEqual({ ended: false })
    expect(await stateOf(owner.sessionId)).toBe('SESSION_STATE_LIVE')
    expect(await end(owner.userId)).toEqual({ ended: true })
    expect(await end(owner.userId)).toEqual({ ended: false })
    await expect(end('somebody')).rejects.toMatchObject({ reason: 'INVALID_USER_ID' })
  })
})

describe('ListKnownAddresses, for the file of one’s data', () => {
  const addressesOf = async (request: { userId: string; limit?: number; afterAddress?: string }) =>
    (await service.rpc.listKnownAddresses(request)).addresses

  it('tells where a user was seen, and when they showed that it is theirs', async () => {
    const { userId, sessionId } = await service.signIn({ ipAddress: '203.0.113.7' })
    await service.signIn()
    const at = new Date()
    await service.rpc.recordActivity({
      activities: [{ sessionId, at: toTimestamp(at), ipAddress: '2001:db8::1' }],
    })
    await eventually(async () => expect(await addressesOf({ userId })).toHaveLength(2))
    const told = (await addressesOf({ userId })).map(({ address, ...instants }) => ({
      address,
      firstSeenAt: fromTimestamp(instants.firstSeenAt),
      lastSeenAt: fromTimestamp(instants.lastSeenAt),
      provenAt: fromTimestamp(instants.provenAt),
    }))
    expect(told).toEqual([
      { address: '2001:db8::1', firstSeenAt: at, lastSeenAt: at, provenAt: undefined },
      {
        address: '203.0.113.7',
        firstSeenAt: expect.any(Date),
        lastSeenAt: told[1]?.firstSeenAt,
        provenAt: told[1]?.firstSeenAt,
      },
    ])
  })

  it('goes on after the last one of the page before', async () => {
    const { userId } = await service.signIn({ ipAddress: '203.0.113.7' })
    for (const ipAddress of ['203.0.113.9', '203.0.113.8']) await service.signIn({ userId, ipAddress })
    const page = async (afterAddress?: string) =>
      (await addressesOf({ userId, limit: 2, ...(afterAddress && { afterAddress }) })).map(
        ({ address }) => address,
      )
    expect(await page()).toEqual(['203.0.113.7', '203.0.113.8'])
    expect(await page('203.0.113.8')).toEqual(['203.0.113.9'])
    expect(await page('203.0.113.9')).toEqual([])
    await expect(addressesOf({ userId: 'somebody' })).rejects.toMatchObject({ reason: 'INVALID_USER_ID' })
  })
})

describe('DELETE /auth/sessions', () => {
  it('ends all the others and says how many', async () => {
    const first = await service.signIn()
    const others = [
      await service.signIn({ userId: first.userId, userAgent: 'a' }),
      await service.signIn({ userId: first.userId, userAgent: 'b' }),
    ]
    const response = await first.ask('DELETE', '/auth/sessions')
    expect([response.status, await response.json()]).toEqual([200, { ended: 2 }])
    expect(await stateOf(first.sessionId)).toBe('SESSION_STATE_LIVE')
    for (const { sessionId } of others) expect(await stateOf(sessionId)).toBe('SESSION_STATE_ENDED')
  })
})

describe('DELETE /auth/sessions/{id}', () => {
  it('ends one of the user’s, the current one too', async () => {
    const first = await service.signIn()
    const second = await service.signIn({ userId: first.userId, userAgent: 'other' })
    expect((await first.ask('DELETE', `/auth/sessions/${second.sessionId}`)).status).toBe(204)
    expect((await first.ask('DELETE', `/auth/sessions/${first.sessionId.toUpperCase()}`)).status).toBe(204)
    expect((await first.ask('GET', '/auth/sessions')).status).toBe(401)
  })

  it('answers 404 for a session of another user, and leaves it alone', async () => {
    const owner = await service.signIn()
    const stranger = await service.signIn()
    expect((await stranger.ask('DELETE', `/auth/sessions/${owner.sessionId}`)).status).toBe(404)
    expect(await stateOf(owner.sessionId)).toBe('SESSION_STATE_LIVE')
  })

  it.each([
    createUuid(),
    '1',
    'null',
    'undefined',
    '..%2f..',
    "' OR 1=1 --".replaceAll(' ', '%20'),
    '00000000-0000-0000-0000-000000000000',
    'x'.repeat(4000),
    '%F0%9F%98%80',
  ])('answers 404 for the id %s', async id => {
    const { ask } = await service.signIn()
    const response = await ask('DELETE', `/auth/sessions/${id}`)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(await response.json()).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  })

  it.each(['%00', '%ff', '%zz'])('answers 400 for the malformed path segment %s', async id => {
    const { ask } = await service.signIn()
    const response = await ask('DELETE', `/auth/sessions/${id}`)
    expect([response.status, response.headers.get('content-type')]).toEqual([
      400,
      expect.stringContaining('application/problem+json'),
    ])
  })
})

describe('POST /auth/logout', () => {
  it('ends the session, blacklists the token, and may be repeated', async () => {
    const { ask, sessionId, userId, accessToken } = await service.signIn({ ipAddress: '203.0.113.9' })
    expect((await ask('POST', '/auth/logout')).status).toBe(204)
    expect(await stateOf(sessionId)).toBe('SESSION_STATE_ENDED')
    const { jti } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())
    expect(await service.store.get(`blacklist:${jti}`)).toBe(sessionId)
    expect(await service.store.get(`session_ended:${sessionId}`)).toBe('logout')
    expect(await service.store.exists(`session:${sessionId}`)).toBe(0)
    expect((await ask('POST', '/auth/logout')).status).toBe(204)
    expect(service.lines).toContainEqual(
      expect.objectContaining({
        level: 'INFO',
        message: 'session ended',
        session_id: sessionId,
        user_id: userId,
        reason: 'logout',
        original_ip: '203.0.113.9',
        new_ip: '203.0.113.9',
      }),
    )
  })

  it('tells operators and the other services, once each', async () => {
    const { ask, sessionId } = await service.signIn()
    await ask('POST', '/auth/logout')
    await eventually(async () => {
      const events = await service.store.xrange('events:session', '-', '+')
      expect(events.filter(event => JSON.stringify(event).includes(sessionId))).toHaveLength(1)
    })
    const latest = await service.store.lrange('session_terminations', 0, 100)
    const own = latest.map(entry => JSON.parse(entry)).filter(entry => entry.session_id === sessionId)
    expect(own).toMatchObject([
      { reason: 'logout', original_ip: expect.any(String), new_ip: expect.any(String) },
    ])
  })
})
