import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { startRedis } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import type { Allowance } from '../src/domain/rate-limits.ts'
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

const allowance = (subject: string, maxRequests = 1_000, windowSeconds = 60): Allowance => ({
  subject,
  limit: { maxRequests, windowSeconds },
})
const countAll = (requests: readonly (readonly Allowance[])[]) =>
  Promise.all(requests.map(allowances => counters.count('login', allowances)))

const countsOf = async (requests: readonly (readonly Allowance[])[]) =>
  (await countAll(requests)).map(each => each.map(({ count }) => count))

describe('counters in Redis', () => {
  it('give each request of one turn its own count, in the order in which they came', async () => {
    const [a, b, net] = [allowance('ip:a'), allowance('ip:b'), allowance('net:n')]
    expect(await countsOf([[a, net], [b, net], [a, net], [allowance('user:u')]])).toEqual([
      [1, 1],
      [1, 3],
      [2, 2],
      [1],
    ])
    expect(await countsOf([[a, net], [b]])).toEqual([[3, 4], [2]])
  })

  it('take nothing from the neighbours of who is stopped by their own limit', async () => {
    const ofA = [allowance('ip:a', 2), allowance('net:n', 3)]
    const ofB = [allowance('ip:b', 2), allowance('net:n', 3)]
    expect(await countsOf([ofA, ofA, ofA, ofA, ofB, ofB])).toEqual([[1, 1], [2, 2], [3], [4], [1, 3], [2, 4]])
    expect(await countsOf([ofA, ofB])).toEqual([[5], [3]])
    expect(await counters.peek('login', 'net:n')).toMatchObject({ count: 4 })
  })

  it('let as many through as the limits allow, however requests fall into turns', async () => {
    const other = new Redis(server.url)
    const gateways = [counters, createRedisCounters(other)]
    const outcomes = await Promise.all(
      Array.from({ length: 600 }, async (_, index) => {
        // Spread over turns by round trips of their own.
        for (let trips = 0; trips < index % 5; trips += 1) await redis.ping()
        const allowances = [allowance(`ip:${index % 10}`, 7), allowance('net:n', 50)]
        const usages = await gateways[index % 2]?.count('login', allowances)
        return usages?.every(({ count }, place) => count <= (allowances[place]?.limit.maxRequests ?? 0))
      }),
    )
    other.disconnect()
    expect(outcomes.filter(Boolean)).toHaveLength(50)
  })

  it('count every request once, whichever gateway and turn it comes in', async () => {
    const other = new Redis(server.url)
    const gateways = [counters, createRedisCounters(other)]
    const counts: number[] = []
    for (let turn = 0; turn < 20; turn += 1) {
      const usages = await Promise.all(
        Array.from({ length: 10 }, (_, index) => gateways[index % 2]?.count('login', [allowance('ip:a')])),
      )
      counts.push(...usages.map(usage => usage?.[0]?.count ?? 0))
    }
    other.disconnect()
    expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
  })

  it('keep buckets apart, each with the window of its own', async () => {
    const [login, refresh] = await Promise.all([
      counters.count('login', [allowance('ip:a', 10, 60)]),
      counters.count('refresh', [allowance('ip:a', 10, 600)]),
    ])
    expect(login).toMatchObject([{ count: 1, resetsInMs: 60_000 }])
    expect(refresh).toMatchObject([{ count: 1, resetsInMs: 600_000 }])
  })

  it('never leave a counter without an end', async () => {
    await redis.set('rate_limit:login:ip:a', 7)
    expect(await counters.count('login', [allowance('ip:a')])).toMatchObject([
      { count: 8, resetsInMs: 60_000 },
    ])
    expect(await redis.pttl('rate_limit:login:ip:a')).toBeGreaterThan(0)
  })

  it('take a request back, for each of its subjects', async () => {
    const [first] = await countAll([
      [allowance('ip:a'), allowance('net:n')],
      [allowance('ip:a'), allowance('net:n')],
    ])
    await Promise.all((first ?? []).map(({ refund }) => refund()))
    expect(await counters.peek('login', 'ip:a')).toMatchObject({ count: 1 })
    expect(await counters.peek('login', 'net:n')).toMatchObject({ count: 1 })
  })

  it('take nothing back from a window that the request was not counted in', async () => {
    const [early] = await counters.count('login', [allowance('ip:a', 10, 60)])
    await redis.del('rate_limit:login:ip:a')
    await early?.refund()
    expect(await redis.exists('rate_limit:login:ip:a')).toBe(0)
    const [late] = await counters.count('login', [allowance('ip:a', 10, 61)])
    await early?.refund()
    expect(await counters.peek('login', 'ip:a')).toMatchObject({ count: 1 })
    await late?.refund()
    await late?.refund()
    expect(await counters.peek('login', 'ip:a')).toMatchObject({ count: 0 })
  })

  it('need no script that Redis remembers: a SCRIPT FLUSH at any moment loses no count', async () => {
    await redis.acl('SETUSER', 'default', '-evalsha')
    try {
      expect(await countsOf([[allowance('ip:a')]])).toEqual([[1]])
      expect(await countsOf([[allowance('ip:a')]])).toEqual([[2]])
    } finally {
      await redis.acl('SETUSER', 'default', '+evalsha')
    }
  })

  it('tell every request of a turn that could not be counted', async () => {
    const away = new Redis(server.url, { enableOfflineQueue: false })
    away.disconnect()
    const unreachable = createRedisCounters(away)
    const outcomes = await Promise.allSettled([
      unreachable.count('login', [allowance('ip:a')]),
      unreachable.count('login', [allowance('ip:b')]),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })
})
