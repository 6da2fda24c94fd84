/**
 * Counters in Redis, shared by all gateways. The requests of one turn of the event loop are counted by one script: under
 * load most of what a count costs, here and there, is the command and not the counting.
 */
import type { Redis } from 'ioredis'
import type { Allowance, Counted, LimitBucket } from '../domain/rate-limits.ts'
import { keyOf, type RateLimitCounters } from './rate-limit-counters.ts'

/**
 * Each key has three arguments: its requests, or `passed` for those that the limit of the key before lets through; its
 * window; its limit. INCRBY and PEXPIRE as one step: a counter without an expiry would lock its subject out for ever.
 */
const countScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local usages, passed = {}, 0
for index, key in ipairs(KEYS) do
  local requests = tonumber(ARGV[3 * index - 2]) or passed
  local count, left = 0, 0
  if requests > 0 then
    count = redis.call('INCRBY', key, requests)
    left = redis.call('PTTL', key)
    if left < 0 then
      left = tonumber(ARGV[3 * index - 1])
      redis.call('PEXPIRE', key, left)
    end
  end
  passed = math.max(0, math.min(requests, ARGV[3 * index] - count + requests))
  usages[index] = { count, left, now + left }
end
return usages`

/**
 * Never below zero, never a new key, and never another window, which ends at another time. The clock of a script may go on
 * a little between two commands.
 */
const refundScript = `
if (tonumber(redis.call('GET', KEYS[1])) or 0) <= 0 then return 0 end
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + redis.call('PTTL', KEYS[1])
if math.abs(ends - ARGV[1]) < 100 then redis.call('DECR', KEYS[1]) end
return 0`

/** With all requests of the turn. */
type Total = readonly [count: number, leftMs: number, endsAtMs: number]

interface Counter {
  readonly key: string
  readonly windowMs: number
  readonly maxRequests: number
}

/** The requests that one turn has for one first subject. */
interface Tally {
  requests: number
  readonly counters: readonly Counter[]
  /** The place of the first counter among those of the turn. */
  readonly first: number
}

interface Turn {
  readonly tallies: Map<string, Tally>
  counters: number
  /** In the order of the counters. */
  readonly totals: Promise<readonly Total[]>
}

const counterOf = (bucket: LimitBucket, { subject, limit }: Allowance): Counter => ({
  key: keyOf(bucket, subject),
  windowMs: limit.windowSeconds * 1000,
  maxRequests: limit.maxRequests,
})

const argumentsOf = ({ requests, counters }: Tally): (string | number)[] =>
  counters.flatMap(({ windowMs, maxRequests }, index) => [
    index === 0 ? requests : 'passed',
    windowMs,
    maxRequests,
  ])

export const createRedisCounters = (redis: Redis): RateLimitCounters => {
  let turn: Turn | undefined

  // The whole script each time: one that Redis has forgotten in the meantime would count nothing.
  const count = async (tallies: readonly Tally[]): Promise<Total[]> => {
    const keys = tallies.flatMap(({ counters }) => counters.map(({ key }) => key))
    return (await redis.eval(countScript, keys.length, ...keys, ...tallies.flatMap(argumentsOf))) as Total[]
  }

  const openTurn = (): Turn => {
    const tallies = new Map<string, Tally>()
    const ended = Promise.withResolvers<readonly Total[]>()
    setImmediate(() => {
      turn = undefined
      count([...tallies.values()]).then(ended.resolve, ended.reject)
    })
    return { tallies, counters: 0, totals: ended.promise }
  }

  const tallyOf = (own: Turn, bucket: LimitBucket, allowances: readonly Allowance[]): Tally => {
    const key = keyOf(bucket, allowances[0]?.subject ?? '')
    const known = own.tallies.get(key)
    if (known !== undefined) return known
    const tally = {
      requests: 0,
      counters: allowances.map(each => counterOf(bucket, each)),
      first: own.counters,
    }
    own.counters += allowances.length
    own.tallies.set(key, tally)
    return tally
  }

  const countedAs = ({ key }: Counter, count: number, [, resetsInMs, endsAtMs]: Total): Counted => ({
    count,
    resetsInMs,
    refund: async () => {
      await redis.eval(refundScript, 1, key, endsAtMs)
    },
  })

  /** What the totals say of one request; those that came later in the turn are counted already. */
  const usagesOf = (nth: number, tally: Tally, totals: readonly Total[]): Counted[] => {
    const usages: Counted[] = []
    let { requests } = tally
    for (const [index, counter] of tally.counters.entries()) {
      const total = totals[tally.first + index]
      if (total === undefined) throw new Error('Redis gave fewer counts than it was asked for')
      const count = total[0] - (requests - nth)
      usages.push(countedAs(counter, count, total))
      if (count > counter.maxRequests) break
      requests = Math.min(requests, counter.maxRequests - total[0] + requests)
    }
    return usages
  }

  return {
    count: async (bucket, allowances) => {
      turn ??= openTurn()
      const own = turn
      const tally = tallyOf(own, bucket, allowances)
      tally.requests += 1
      const nth = tally.requests
      return usagesOf(nth, tally, await own.totals)
    },
    peek: async (bucket, subject) => {
      const key = keyOf(bucket, subject)
      const [count, resetsInMs] = await Promise.all([redis.get(key), redis.pttl(key)])
      return count === null || resetsInMs < 0 ? undefined : { count: Number(count), resetsInMs }
    },
  }
}
