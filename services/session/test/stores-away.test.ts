import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { listOf, type SessionUnderTest, startSessionUnderTest } from './session-under-test.ts'

let service: SessionUnderTest
beforeAll(async () => {
  service = await startSessionUnderTest()
})
afterAll(() => service.close())

const now = () => ({ seconds: Math.floor(Date.now() / 1000), nanos: (Date.now() % 1000) * 1_000_000 })
const marker = (sessionId: string) => service.store.get(`session_ended:${sessionId}`)
const eventsAbout = async (sessionId: string) =>
  (await service.store.xrange('events:session', '-', '+')).filter(event =>
    JSON.stringify(event).includes(sessionId),
  )

describe('Redis emptied', () => {
  it('logs nobody out, and what was revoked is marked and told again before the epoch is', async () => {
    const live = await service.signIn()
    const ended = await service.signIn()
    await ended.ask('POST', '/auth/logout')
    // What the outbox still has to tell would be told after the flush, beside what is told again.
    await eventually(async () => expect(await eventsAbout(ended.sessionId)).toHaveLength(1))
    await eventually(async () => expect(await service.store.exists('revocation:epoch')).toBe(1))
    const epoch = await service.store.get('revocation:epoch')
    await service.redis.flush()
    await eventually(async () => expect(await service.store.exists('revocation:epoch')).toBe(1))
    expect(await service.store.get('revocation:epoch')).not.toBe(epoch)
    expect(await marker(ended.sessionId)).toBe('logout')
    expect(await marker(live.sessionId)).toBeNull()
    expect(await eventsAbout(ended.sessionId)).toHaveLength(1)
    const latest = await service.store.lrange('session_terminations', 0, -1)
    expect(latest.map(entry => JSON.parse(entry).session_id)).toContain(ended.sessionId)
    expect((await live.ask('GET', '/auth/sessions')).status).toBe(200)
    await service.rpc.recordActivity({ activities: [{ sessionId: live.sessionId, at: now() }] })
    await eventually(async () => expect(await service.store.exists(`session:${live.sessionId}`)).toBe(1))
  })
})

describe('Redis back with an older state', () => {
  it('learns again what ended lately', async () => {
    const ended = await service.signIn()
    await ended.ask('POST', '/auth/logout')
    const restored = () => service.lines.filter(({ cause }) => cause === 'reconnected').length
    const before = restored()
    await service.store.del(`session_ended:${ended.sessionId}`)
    await service.store.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await eventually(() => expect(restored()).toBeGreaterThan(before))
    await eventually(async () => expect(await marker(ended.sessionId)).toBe('logout'))
  })
})

describe('Redis away', () => {
  it('signs in, lists, ends and forgets no ending', async () => {
    await service.redis.stop()
    const { ask, sessionId, userId } = await service.signIn()
    const other = await service.signIn({ userId, userAgent: 'other' })
    await service.rpc.recordActivity({ activities: [{ sessionId, at: now(), ipAddress: '192.0.2.5' }] })
    // Nobody but Redis knows of a use while it is being written.
    await eventually(async () => {
      const { sessions, total } = await listOf(await ask('GET', '/auth/sessions'))
      expect(total).toBe(2)
      expect(sessions[0]).toMatchObject({ id: sessionId, ip_address: '192.0.2.5' })
    })
    expect((await ask('DELETE', `/auth/sessions/${other.sessionId}`)).status).toBe(204)
    expect((await ask('POST', '/auth/logout')).status).toBe(204)
    await service.redis.start()
    await eventually(
      async () => {
        expect(await marker(sessionId)).toBe('logout')
        expect(await marker(other.sessionId)).toBe('ended_by_user')
        expect((await eventsAbout(sessionId)).length).toBeGreaterThanOrEqual(1)
      },
      { timeoutMs: 15_000 },
    )
  })
})

describe('Postgres away', () => {
  it('answers 503 with Retry-After, over gRPC UNAVAILABLE, and goes on where it stopped', async () => {
    const { ask, sessionId, userId } = await service.signIn()
    service.postgres.cut()
    try {
      for (const [method, path] of [
        ['GET', '/auth/sessions'],
        ['DELETE', '/auth/sessions'],
        ['DELETE', `/auth/sessions/${sessionId}`],
        ['POST', '/auth/logout'],
      ] as const) {
        const response = await ask(method, path)
        expect([path, response.status]).toEqual([path, 503])
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
        expect(await response.json()).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
      }
      await expect(service.rpc.getSession({ sessionId })).rejects.toMatchObject({
        status: 'UNAVAILABLE',
        reason: 'DATABASE_UNAVAILABLE',
      })
      await expect(service.signIn({ userId })).rejects.toMatchObject({ status: 'UNAVAILABLE' })
      await service.rpc.recordActivity({ activities: [{ sessionId, at: now(), ipAddress: '192.0.2.6' }] })
    } finally {
      service.postgres.heal()
    }
    await eventually(
      async () => {
        const { rows } = await service.database.pool.query('SELECT ip_address FROM sessions WHERE id = $1', [
          sessionId,
        ])
        expect(rows).toEqual([{ ip_address: '192.0.2.6' }])
      },
      { timeoutMs: 20_000 },
    )
    expect((await ask('POST', '/auth/logout')).status).toBe(204)
  })
})

describe('readiness', () => {
  const readiness = async () => {
    const response = await fetch(`http://127.0.0.1:${service.running.ports.management}/readyz?verbose`)
    return { status: response.status, body: await response.json() }
  }

  it('is degraded without Redis, and gone without Postgres', async () => {
    await service.redis.stop()
    try {
      await eventually(async () =>
        expect(await readiness()).toMatchObject({ status: 200, body: { status: 'degraded' } }),
      )
    } finally {
      await service.redis.start()
    }
    service.postgres.cut()
    try {
      await eventually(async () => expect(await readiness()).toMatchObject({ status: 503 }))
    } finally {
      service.postgres.heal()
    }
    await eventually(
      async () => expect(await readiness()).toMatchObject({ status: 200, body: { status: 'ready' } }),
      { timeoutMs: 20_000 },
    )
  })
})
