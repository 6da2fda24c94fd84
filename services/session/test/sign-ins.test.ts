import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { listOf, type SessionUnderTest, startSessionUnderTest } from './session-under-test.ts'

let service: SessionUnderTest
beforeAll(async () => {
  service = await startSessionUnderTest()
})
afterAll(() => service.close())

const deviceId = (name: string) => Buffer.from(name.padEnd(32, '.')).toString('hex')
const now = () => ({ seconds: Math.floor(Date.now() / 1000), nanos: (Date.now() % 1000) * 1_000_000 })

describe('CreateSession', () => {
  it('begins a session that ends in 30 days at the latest', async () => {
    const { response } = await service.signIn()
    const seconds = (response.endsAt?.seconds ?? 0) - (response.createdAt?.seconds ?? 0)
    expect(seconds).toBe(2_592_000)
    expect((response.expiresAt?.seconds ?? 0) - (response.createdAt?.seconds ?? 0)).toBe(3600)
  })

  it('renews the session of the device that sends its cookie', async () => {
    const first = await service.signIn({ deviceId: deviceId('phone') })
    const again = await service.signIn({
      userId: first.userId,
      deviceId: deviceId('phone'),
      deviceKnown: true,
      ipAddress: '198.51.100.1',
    })
    expect(again.sessionId).toBe(first.sessionId)
    const { sessions } = await listOf(await again.ask('GET', '/auth/sessions'))
    expect(sessions).toMatchObject([{ ip_address: '198.51.100.1' }])
  })

  it('renews the session of a client without cookies by agent and address', async () => {
    const client = { userAgent: 'python-httpx/0.28', ipAddress: '203.0.113.50' }
    const first = await service.signIn({ ...client, deviceId: deviceId('one') })
    const again = await service.signIn({ ...client, userId: first.userId, deviceId: deviceId('two') })
    const elsewhere = await service.signIn({ ...client, userId: first.userId, ipAddress: '203.0.113.51' })
    expect(again.sessionId).toBe(first.sessionId)
    expect(elsewhere.sessionId).not.toBe(first.sessionId)
  })

  it('ends the least recently used session above five, minding uses of a moment ago', async () => {
    const first = await service.signIn({ userAgent: 'agent 0' })
    const { userId } = first
    const second = await service.signIn({ userId, userAgent: 'agent 1' })
    for (let n = 2; n < 5; n += 1) await service.signIn({ userId, userAgent: `agent ${n}` })
    await service.rpc.recordActivity({ activities: [{ sessionId: first.sessionId, at: now() }] })
    const sixth = await service.signIn({ userId, userAgent: 'agent 5' })
    const { sessions, total } = await listOf(await sixth.ask('GET', '/auth/sessions'))
    expect(total).toBe(5)
    expect(sessions.map(({ id }) => id)).toContain(first.sessionId)
    expect(sessions.map(({ id }) => id)).not.toContain(second.sessionId)
    expect(service.lines).toContainEqual(
      expect.objectContaining({ session_id: second.sessionId, reason: 'concurrent_limit' }),
    )
    expect(await service.store.get(`session_ended:${second.sessionId}`)).toBe('concurrent_limit')
  })

  it('keeps a hostile user agent harmless', async () => {
    const { ask } = await service.signIn({ userAgent: `<b>\u0000\n${'x'.repeat(5000)}` })
    const { sessions } = await listOf(await ask('GET', '/auth/sessions'))
    expect(sessions).toMatchObject([{ device: 'Unknown device' }])
  })
})

describe('RecordActivity', () => {
  const activityOf = async (sessionId: string, seconds: number) =>
    service.rpc.recordActivity({
      activities: [
        { sessionId, at: { ...now(), seconds: now().seconds + seconds }, ipAddress: '192.0.2.77' },
      ],
    })

  it('shows in the list and in session:{id} at once, in Postgres with the next flush', async () => {
    const { ask, sessionId } = await service.signIn()
    const before = await service.store.get(`session:${sessionId}`)
    await new Promise(resolve => setTimeout(resolve, 20))
    await activityOf(sessionId, 0)
    const after = await service.store.get(`session:${sessionId}`)
    expect(JSON.parse(after ?? '{}')).toMatchObject({ ip_address: '192.0.2.77' })
    expect(JSON.parse(after ?? '{}').last_accessed > JSON.parse(before ?? '{}').last_accessed).toBe(true)
    expect(await service.store.ttl(`session:${sessionId}`)).toBeGreaterThan(3590)
    expect((await listOf(await ask('GET', '/auth/sessions'))).sessions).toMatchObject([
      { ip_address: '192.0.2.77' },
    ])
    await eventually(async () => {
      const { rows } = await service.database.pool.query('SELECT ip_address FROM sessions WHERE id = $1', [
        sessionId,
      ])
      expect(rows).toEqual([{ ip_address: '192.0.2.77' }])
    })
  })

  it('takes a use in the future for one now', async () => {
    const { ask, sessionId } = await service.signIn()
    await activityOf(sessionId, 86_400)
    const { sessions } = await listOf(await ask('GET', '/auth/sessions'))
    expect(Date.parse(String(sessions[0]?.last_accessed))).toBeLessThanOrEqual(Date.now())
  })

  it('brings an expired session back to active, and no ended one', async () => {
    const { ask, sessionId } = await service.signIn()
    await service.database.pool.query(
      "UPDATE sessions SET last_accessed_at = now() - interval '2 hours' WHERE id = $1",
      [sessionId],
    )
    await service.store.del(`session:${sessionId}`)
    expect((await listOf(await ask('GET', '/auth/sessions'))).sessions).toMatchObject([{ active: false }])
    expect(await service.rpc.getSession({ sessionId })).toMatchObject({
      state: 'SESSION_STATE_LIVE',
      expired: true,
    })
    await activityOf(sessionId, 0)
    // At once by Redis; with the next flush, where that was too slow to be asked.
    await eventually(async () =>
      expect((await listOf(await ask('GET', '/auth/sessions'))).sessions).toMatchObject([{ active: true }]),
    )
    await service.rpc.endSession({ sessionId, reason: 'END_REASON_LOGOUT' })
    await activityOf(sessionId, 0)
    expect((await service.rpc.getSession({ sessionId })).state).toBe('SESSION_STATE_ENDED')
    expect(await service.store.exists(`session:${sessionId}`)).toBe(0)
  })

  it('is written before the process ends', async () => {
    const { sessionId } = await service.signIn()
    await activityOf(sessionId, 0)
    await service.restart()
    const { rows } = await service.database.pool.query('SELECT ip_address FROM sessions WHERE id = $1', [
      sessionId,
    ])
    expect(rows).toEqual([{ ip_address: '192.0.2.77' }])
  })
})

describe('EndUserSessions', () => {
  it('ends all but the one that is named', async () => {
    const first = await service.signIn()
    await service.signIn({ userId: first.userId, userAgent: 'other' })
    const request = { userId: first.userId, reason: 'END_REASON_PASSWORD_CHANGED' } as const
    expect(await service.rpc.endUserSessions({ ...request, exceptSessionId: first.sessionId })).toEqual({
      ended: 1,
    })
    expect(await service.rpc.endUserSessions(request)).toEqual({ ended: 1 })
    expect(await service.rpc.endUserSessions(request)).toEqual({ ended: 0 })
  })

  it('for a changed password, told late or twice, spares what began with the new one', async () => {
    const client = { userAgent: 'changer', ipAddress: '203.0.113.77' }
    const changer = await service.signIn({ ...client, credentialVersion: 1 })
    const { userId } = changer
    const old = await service.signIn({ userId, userAgent: 'old', credentialVersion: 1 })
    const fresh = await service.signIn({ userId, userAgent: 'fresh', credentialVersion: 2 })
    const request = {
      userId,
      exceptSessionId: changer.sessionId,
      belowCredentialVersion: 2,
      reason: 'END_REASON_PASSWORD_CHANGED',
    } as const
    expect(await service.rpc.endUserSessions(request)).toEqual({ ended: 1 })
    expect(await service.rpc.endUserSessions(request)).toEqual({ ended: 0 })
    const states = await Promise.all(
      [changer, old, fresh].map(async ({ sessionId }) => (await service.rpc.getSession({ sessionId })).state),
    )
    expect(states).toEqual(['SESSION_STATE_LIVE', 'SESSION_STATE_ENDED', 'SESSION_STATE_LIVE'])
    // The device that changed it signs in again: its session is renewed like any other.
    const again = await service.signIn({ ...client, userId, credentialVersion: 2 })
    expect(again.sessionId).toBe(changer.sessionId)
  })
})

describe('what no caller should send', () => {
  const cases = {
    INVALID_USER_ID: () => service.rpc.createSession({ userId: 'bob' }),
    INVALID_DEVICE_ID: () => service.rpc.createSession({ userId: createUuid(), deviceId: 'cookie' }),
    INVALID_REASON: () => service.rpc.endSession({ sessionId: createUuid() }),
    INVALID_SESSION_ID: () =>
      service.rpc.endUserSessions({
        userId: createUuid(),
        exceptSessionId: 'this one',
        reason: 'END_REASON_LOGOUT',
      }),
    TOO_MANY_ACTIVITIES: () =>
      service.rpc.recordActivity({ activities: Array.from({ length: 1001 }, () => ({})) }),
  }
  it.each(Object.entries(cases))('%s', async (reason, ask) => {
    await expect(ask()).rejects.toMatchObject({ status: 'INVALID_ARGUMENT', reason })
  })

  it.each(['', 'x', createUuid(), "'"])('GetSession of %j is SESSION_NOT_FOUND', async sessionId => {
    await expect(service.rpc.getSession({ sessionId })).rejects.toMatchObject({
      status: 'NOT_FOUND',
      reason: 'SESSION_NOT_FOUND',
    })
  })

  it('unusable activities are ignored, the others counted', async () => {
    const { sessionId } = await service.signIn()
    await service.rpc.recordActivity({
      activities: [
        { sessionId: 'x', at: now() },
        { sessionId },
        { sessionId: createUuid(), at: now() },
        { sessionId, at: { seconds: 9e15 } },
        { sessionId, at: now(), ipAddress: 'not an address' },
      ],
    })
    expect((await service.rpc.getSession({ sessionId })).state).toBe('SESSION_STATE_LIVE')
  })
})
