import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { startRedis } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import type { RateLimitCounters } from '../src/store/rate-limit-counters.ts'
import { createRedisCounters } from '../src/store/redis-counters.ts'

let server: Awaited<ReturnType<typeof startRedis>>
let redis: Redis
let counters: RateLimitCounters

beforeAll(async () => {
  server = await startRedis()
  redis = new Redis(server.url)
  counters = createRedisCounters(redis)
})
beforeEach(() => redis.flushall())
afterAll(async () => {
  redis.disconnect()
  await server.close()
})

const countsOf = async (requests: readonly (readonly string[])[]) => {
  const usages = await Promise.all(requests.map(subjects => counters.count('login', subjects, 60)))
  return usages.map(each => each.map(({ count }) => count))
}

describe('counters in Redis', () => {
  it('give each request of one turn its own count, in the order in which they came', async () => {
    expect(await countsOf([['ip:a', 'net:n'], ['ip:b', 'net:n'], ['ip:a', 'net:n'], ['user:u']])).toEqual([
      [1, 1],
      [1, 2],
      [2, 3],
      [1],
    ])
    expect(await countsOf([['ip:a', 'net:n'], ['ip:b']])).toEqual([[3, 4], [2]])
  })

  it('count every request once, whichever gateway and turn it comes in', async () => {
    const other = new Redis(server.url)
    const gateways = [counters, createRedisCounters(other)]
    const counts: number[] = []
    for (let turn = 0; turn < 20; turn += 1) {
      const usages = await Promise.all(
        Array.from({ length: 10 }, (_, index) => gateways[index % 2]?.count('login', ['ip:a'], 60)),
      )
      counts.push(...usages.map(usage => usage?.[0]?.count ?? 0))
    }
    other.disconnect()
    expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
  })

  it('keep buckets apart, each with the window of its own', async () => {
    const [login, refresh] = await Promise.all([
      counters.count('login', ['ip:a'], 60),
      counters.count('refresh', ['ip:a'], 600),
    ])
    expect(login).toEqual([{ count: 1, resetsInMs: 60_000 }])
    expect(refresh).toEqual([{ count: 1, resetsInMs: 600_000 }])
  })

  it('never leave a counter without an end', async () => {
    await redis.set('rate_limit:login:ip:a', 7)
    expect(await counters.count('login', ['ip:a'], 60)).toEqual([{ count: 8, resetsInMs: 60_000 }])
    expect(await redis.pttl('rate_limit:login:ip:a')).toBeGreaterThan(0)
  })

  it('take one request back, and none that was not counted', async () => {
    await countsOf([['ip:a'], ['ip:a']])
    await counters.refund('login', 'ip:a')
    expect(await counters.peek('login', 'ip:a')).toMatchObject({ count: 1 })
    await counters.refund('login', 'ip:a')
    await counters.refund('login', 'ip:a')
    expect(await counters.peek('login', 'ip:a')).toMatchObject({ count: 0 })
    await counters.refund('login', 'ip:b')
    expect(await redis.exists('rate_limit:login:ip:b')).toBe(0)
  })

  it('tell every request of a turn that could not be counted', async () => {
    const away = new Redis(server.url, { enableOfflineQueue: false })
    away.disconnect()
    const unreachable = createRedisCounters(away)
    const outcomes = await Promise.allSettled([
      unreachable.count('login', ['ip:a'], 60),
      unreachable.count('login', ['ip:b'], 60),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })
})
