import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createLogger } from '@latchkey/runtime/logger'
import { createRedis, whenReady } from '@latchkey/runtime/redis'
import { createClock, eventually, startRedis, type TestRedis } from '@latchkey/testkit'
import type { Redis } from 'ioredis'
import {
  createRevocationCheck,
  createRevocationMarkers,
  epochKey,
  markerTtlSeconds,
  type SessionState,
  sessionEndedKey,
} from '../src/index.ts'

const logger = createLogger({ service: 'test', level: 'ERROR' })
const clock = createClock()
let server: TestRedis
let redis: Redis

beforeAll(async () => {
  server = await startRedis({ appendOnly: true })
  redis = createRedis({ url: server.url, name: 'test', logger })
  await whenReady(redis, 5_000)
})
afterAll(async () => {
  redis.disconnect()
  await server.close()
})

/** The session service in memory: what it says, and how often it was asked. */
const aSessionService = (states: Record<string, SessionState> | 'away') => {
  const asked: string[] = []
  return {
    asked,
    getSession: async (sessionId: string): Promise<SessionState> => {
      asked.push(sessionId)
      if (states === 'away') throw new Error('the session service is away')
      return states[sessionId] ?? 'unknown'
    },
  }
}

const aCheck = (sessions: ReturnType<typeof aSessionService>) =>
  createRevocationCheck({ redis, getSession: sessions.getSession, now: () => new Date() })

describe('revocation while Redis can be believed', () => {
  beforeEach(async () => {
    await server.flush()
    await createRevocationMarkers({ redis }).announceEpoch()
  })

  it('lets what has no marker pass without asking anybody', async () => {
    const sessions = aSessionService('away')
    expect(await aCheck(sessions).check({ sessionId: 's1', jti: 'j1' })).toBe('live')
    expect(sessions.asked).toEqual([])
  })

  it('refuses all tokens of an ended session, and one token that was revoked alone', async () => {
    const markers = createRevocationMarkers({ redis })
    await markers.markSessionsEnded([{ sessionId: 's1', reason: 'logout' }])
    await markers.blacklistToken('j2', new Date(Date.now() + 60_000), 's2')
    const { check } = aCheck(aSessionService('away'))
    expect(await check({ sessionId: 's1', jti: 'j1' })).toBe('revoked')
    expect(await check({ sessionId: 's2', jti: 'j2' })).toBe('revoked')
    expect(await check({ sessionId: 's2', jti: 'j3' })).toBe('live')
    expect(await check({ sessionId: 's2' })).toBe('live')
  })

  it('keeps markers for as long as a token may live, and no longer', async () => {
    const markers = createRevocationMarkers({ redis })
    await markers.markSessionsEnded([{ sessionId: 's1', reason: 'logout' }])
    await markers.blacklistToken('expired', new Date(Date.now() - 1_000), 's1')
    const ttlSeconds = await redis.ttl(sessionEndedKey('s1'))
    expect(ttlSeconds).toBeGreaterThan(86_400)
    expect(ttlSeconds).toBeLessThanOrEqual(markerTtlSeconds)
    expect(await redis.exists('blacklist:expired')).toBe(0)
  })

  it('sees a marker that is set while twenty checks run in every check that begins after it', async () => {
    const { check } = aCheck(aSessionService('away'))
    const before = Array.from({ length: 20 }, () => check({ sessionId: 's1' }))
    await createRevocationMarkers({ redis }).markSessionsEnded([{ sessionId: 's1', reason: 'logout' }])
    await Promise.all(before)
    const after = await Promise.all(Array.from({ length: 20 }, () => check({ sessionId: 's1' })))
    expect(new Set(after)).toEqual(new Set(['revoked']))
  })
})

describe('revocation while Redis can not be believed', () => {
  it('asks the session service when the epoch is gone: an emptied Redis revives nothing', async () => {
    await server.flush()
    const sessions = aSessionService({ ended: 'ended', live: 'live' })
    const { check } = aCheck(sessions)
    expect(await check({ sessionId: 'ended' })).toBe('revoked')
    expect(await check({ sessionId: 'live' })).toBe('live')
    expect(await check({ sessionId: 'never heard of' })).toBe('revoked')
    expect(sessions.asked).toHaveLength(3)
  })

  it('is undecided when the epoch is gone and the session service too', async () => {
    await server.flush()
    expect(await aCheck(aSessionService('away')).check({ sessionId: 's1' })).toBe('undecided')
  })

  it('asks the session service while Redis is away, and for a while after it is back', async () => {
    await eventually(() => redis.set(epochKey, 'e1'))
    const sessions = aSessionService({ ended: 'ended', live: 'live' })
    const { check } = aCheck(sessions)
    await server.stop()
    expect(await check({ sessionId: 'ended' })).toBe('revoked')
    await server.start()
    await eventually(async () => expect(await redis.get(epochKey)).toBe('e1'))
    sessions.asked.length = 0
    expect(await check({ sessionId: 'ended' })).toBe('revoked')
    expect(sessions.asked).toEqual(['ended'])
  })

  it('asks the session service at first when the process began while Redis was away', async () => {
    await eventually(() => redis.set(epochKey, 'e1'))
    await server.stop()
    const late = createRedis({ url: server.url, name: 'late', logger })
    const sessions = aSessionService({ ended: 'ended' })
    const { check } = createRevocationCheck({ redis: late, getSession: sessions.getSession, now: clock.now })
    await server.start()
    expect(await whenReady(late, 5_000)).toBe(true)
    expect(await check({ sessionId: 'ended' })).toBe('revoked')
    clock.advance(5_000)
    expect(await check({ sessionId: 'ended' })).toBe('live')
    late.disconnect()
  })

  it('believes a Redis that is just back when the session service is away: nothing can have ended since', async () => {
    await eventually(() => redis.set(epochKey, 'e1'))
    const { check } = aCheck(aSessionService('away'))
    await server.restart()
    await eventually(async () => expect(await redis.get(epochKey)).toBe('e1'))
    expect(await check({ sessionId: 's1' })).toBe('live')
  })
})
