/** Moves between addresses as the gateway tells of them, and what the owner, operators and the other services see of it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { toTimestamp } from '@latchkey/contracts'
import { eventually, writeMmdb } from '@latchkey/testkit'
import { listOf, type SessionUnderTest, startSessionUnderTest } from './session-under-test.ts'

let service: SessionUnderTest
beforeAll(async () => {
  service = await startSessionUnderTest()
})
afterAll(() => service.close())

const home = '203.0.113.7'
const strangePlaces = ['198.51.100.1', '192.0.2.1', '198.18.0.1']

const signInAtHome = (on = service) => on.signIn({ ipAddress: home, deviceId: 'd'.repeat(64) })
/** Uses the session from each address, and waits until all of it was looked at. */
const goTo = async (sessionId: string, addresses: readonly string[], on = service) => {
  for (const ipAddress of addresses) {
    await new Promise(resolve => setTimeout(resolve, 5))
    await on.rpc.recordActivity({ activities: [{ sessionId, at: toTimestamp(new Date()), ipAddress }] })
  }
  await eventually(async () => {
    const { rows } = await on.database.pool.query('SELECT ip_address, ended_at FROM sessions WHERE id = $1', [
      sessionId,
    ])
    if (rows[0]?.ended_at === null) expect(rows).toEqual([{ ip_address: addresses.at(-1), ended_at: null }])
  })
}
const stateOf = async (sessionId: string, on = service) => (await on.rpc.getSession({ sessionId })).state
const flaggedEvents = async (sessionId: string) =>
  (await service.store.xrange('events:session', '-', '+'))
    .map(([, [, event = '']]) => JSON.parse(event) as Record<string, unknown>)
    .filter(event => event.type === 'session.flagged' && event.session_id === sessionId)
const expireGrace = (sessionId: string) =>
  service.database.pool.query(
    "UPDATE sessions SET review_until = now() - interval '1 second' WHERE id = $1",
    [sessionId],
  )

describe('a session that is used from place to place', () => {
  it('goes on after two changes, and is under review after the third: the list, the log, the metrics, an event say so', async () => {
    const { sessionId, userId, ask } = await signInAtHome()
    await goTo(sessionId, strangePlaces.slice(0, 2))
    expect((await listOf(await ask('GET', '/auth/sessions'))).sessions[0]).not.toHaveProperty('review')
    await goTo(sessionId, strangePlaces.slice(2))
    const { sessions } = await listOf(await ask('GET', '/auth/sessions'))
    expect(sessions).toMatchObject([{ review: { reason: 'unknown_address', until: expect.any(String) } }])
    expect(await stateOf(sessionId)).toBe('SESSION_STATE_LIVE')
    const [listed] = (await service.rpc.listSessions({ userId })).sessions
    const until = Number(listed?.reviewUntil?.seconds)
    expect(until - Date.now() / 1_000).toBeGreaterThan(290)
    expect(listed?.reviewReason).toBe('unknown_address')
    expect(until - Number(listed?.flaggedAt?.seconds)).toBe(300)
    await eventually(async () =>
      expect(await flaggedEvents(sessionId)).toEqual([
        {
          type: 'session.flagged',
          session_id: sessionId,
          user_id: userId,
          device_id: 'd'.repeat(64),
          reason: 'unknown_address',
          flagged_at: expect.any(String),
          review_until: expect.any(String),
        },
      ]),
    )
    expect(service.lines).toContainEqual(
      expect.objectContaining({
        level: 'INFO',
        message: 'session moved to another address',
        session_id: sessionId,
        outcome: 'suspicious',
        reason: 'unknown_address',
        score: 50,
        original_ip: '192.0.2.1',
        new_ip: '198.18.0.1',
      }),
    )
    expect(service.lines).toContainEqual(
      expect.objectContaining({ level: 'WARN', message: 'session is under review', session_id: sessionId }),
    )
    const metrics = await (await fetch(`http://127.0.0.1:${service.running.ports.management}/metrics`)).text()
    expect(metrics).toMatch(
      /session_address_changes_total\{outcome="suspicious",reason="unknown_address"[^}]*\} [1-9]/,
    )
    expect(metrics).toMatch(/session_reviews_total\{step="flagged"[^}]*\} [1-9]/)
  })

  it('shows several addresses of one second, none hidden by the owner’s', async () => {
    const { sessionId } = await signInAtHome()
    await goTo(sessionId, [...strangePlaces, home])
    await eventually(async () => {
      const { rows } = await service.database.pool.query('SELECT review_reason FROM sessions WHERE id = $1', [
        sessionId,
      ])
      expect(rows).toEqual([{ review_reason: 'unknown_address' }])
    })
  })

  it('is looked at before a sign-in of its device renews it: a new one begins, and it ends', async () => {
    const { sessionId, userId } = await signInAtHome()
    const uses = strangePlaces.map((ipAddress, n) => ({
      sessionId,
      at: toTimestamp(new Date(Date.now() + 1 + n)),
      ipAddress,
    }))
    await new Promise(resolve => setTimeout(resolve, 10))
    await service.rpc.recordActivity({ activities: uses })
    const device = { deviceId: 'd'.repeat(64), deviceKnown: true }
    const again = await service.signIn({ ...device, userId, ipAddress: home })
    expect(again.sessionId).not.toBe(sessionId)
    expect(await stateOf(sessionId)).toBe('SESSION_STATE_ENDED')
  })

  it('ends when nobody confirmed it, at once by the word of Postgres, soon everywhere', async () => {
    const { sessionId, ask } = await signInAtHome()
    await goTo(sessionId, strangePlaces)
    await expireGrace(sessionId)
    expect(await stateOf(sessionId)).toBe('SESSION_STATE_ENDED')
    expect((await ask('GET', '/auth/sessions')).status).toBe(401)
    await eventually(async () =>
      expect(await service.store.get(`session_ended:${sessionId}`)).toBe('unconfirmed'),
    )
    await eventually(async () => {
      const latest = await service.store.lrange('session_terminations', 0, 100)
      expect(latest.map(entry => JSON.parse(entry))).toContainEqual(
        expect.objectContaining({
          session_id: sessionId,
          reason: 'unconfirmed',
          original_ip: home,
          new_ip: '198.18.0.1',
        }),
      )
    })
  })

  it('goes on when its owner confirms it', async () => {
    const { sessionId, userId, ask } = await signInAtHome()
    await goTo(sessionId, strangePlaces)
    const confirm = () => service.rpc.confirmSession({ sessionId, userId, ipAddress: '198.18.0.1' })
    expect(await confirm()).toEqual({ confirmed: true })
    expect(await confirm()).toEqual({ confirmed: false })
    expect((await listOf(await ask('GET', '/auth/sessions'))).sessions[0]).not.toHaveProperty('review')
    expect(await service.rpc.confirmSession({ sessionId: 'x', userId })).toEqual({ confirmed: false })
  })

  it('makes way for a new one when its device signs in again: who has its tokens must not profit', async () => {
    const { sessionId, userId } = await signInAtHome()
    await goTo(sessionId, strangePlaces)
    const again = await service.signIn({ userId, deviceId: 'd'.repeat(64), deviceKnown: true })
    expect(again.sessionId).not.toBe(sessionId)
    expect(await stateOf(sessionId)).toBe('SESSION_STATE_ENDED')
  })
})

describe('faults', () => {
  it('a Redis that was emptied is told again of open reviews', async () => {
    const { sessionId } = await signInAtHome()
    await goTo(sessionId, strangePlaces)
    await eventually(async () => expect(await flaggedEvents(sessionId)).toHaveLength(1))
    await service.redis.flush()
    await eventually(async () => expect(await flaggedEvents(sessionId)).toHaveLength(1))
  })

  it('a process that was restarted has judged what it had heard of', async () => {
    const { sessionId } = await signInAtHome()
    for (const ipAddress of strangePlaces)
      await service.rpc.recordActivity({
        activities: [{ sessionId, at: toTimestamp(new Date()), ipAddress }],
      })
    await service.restart()
    const { rows } = await service.database.pool.query(
      'SELECT review_reason, ip_address FROM sessions WHERE id = $1',
      [sessionId],
    )
    expect(rows).toEqual([{ review_reason: 'unknown_address', ip_address: '198.18.0.1' }])
  })
})

describe('with a database of places', () => {
  let folder: string
  let located: SessionUnderTest
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'places-'))
    const aCity = (country: string, latitude: number, longitude: number) => ({
      country: { iso_code: country },
      location: { latitude, longitude, accuracy_radius: 50 },
    })
    await writeMmdb(join(folder, 'city.mmdb'), {
      '203.0.113.0/24': aCity('DE', 52.52, 13.4),
      '192.0.2.0/24': aCity('DE', 50.11, 8.68),
      '198.51.100.0/24': aCity('US', 40.71, -74),
      '198.18.0.0/24': aCity('JP', 35.68, 139.69),
    })
    located = await startSessionUnderTest({ GEOIP_DATABASE: join(folder, 'city.mmdb') })
  })
  afterAll(async () => {
    await located.close()
    await rm(folder, { recursive: true })
  })

  it('a phone moves through its country as it likes, and a place that can’t be reached, twice, is asked about', async () => {
    const { sessionId } = await signInAtHome(located)
    const review = async () =>
      (
        await located.database.pool.query(
          'SELECT review_reason, address_changes FROM sessions WHERE id = $1',
          [sessionId],
        )
      ).rows[0]
    await goTo(sessionId, ['192.0.2.1', '192.0.2.200', home], located)
    expect(await review()).toEqual({ review_reason: null, address_changes: 0 })
    await goTo(sessionId, ['198.51.100.1'], located)
    expect(await review()).toEqual({ review_reason: null, address_changes: 2 })
    await goTo(sessionId, ['198.18.0.1'], located)
    expect(await review()).toEqual({ review_reason: 'impossible_travel', address_changes: 4 })
  })
})

describe('STRICT_IP_VALIDATION', () => {
  it('ends a session at its first change of address, and says why', async () => {
    const strict = await startSessionUnderTest({ STRICT_IP_VALIDATION: 'true' })
    try {
      const { sessionId } = await signInAtHome(strict)
      await goTo(sessionId, [home, '203.0.113.8'], strict)
      await eventually(async () => expect(await stateOf(sessionId, strict)).toBe('SESSION_STATE_ENDED'))
      await eventually(async () =>
        expect(await strict.store.get(`session_ended:${sessionId}`)).toBe('address_changed'),
      )
      expect(strict.lines).toContainEqual(
        expect.objectContaining({
          message: 'session ended',
          reason: 'address_changed',
          original_ip: home,
          new_ip: '203.0.113.8',
        }),
      )
    } finally {
      await strict.close()
    }
  })
})
