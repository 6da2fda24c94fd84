/**
 * Counters in Redis, shared by all gateways. The requests of one turn of the event loop are counted by one script: under
 * load most of what a count costs, here and there, is the command and not the counting.
 */
import type { Redis } from 'ioredis'
import type { Usage } from '../domain/rate-limits.ts'
import { keyOf, type RateLimitCounters } from './rate-limit-counters.ts'

/**
 * Each key has two arguments: its requests and its window. INCRBY and PEXPIRE as one step: a counter without an expiry
 * would lock its subject out for ever.
 */
const countScript = `
local usages = {}
for index, key in ipairs(KEYS) do
  local count = redis.call('INCRBY', key, ARGV[2 * index - 1])
  local left = redis.call('PTTL', key)
  if left < 0 then
    left = tonumber(ARGV[2 * index])
    redis.call('PEXPIRE', key, left)
  end
  usages[index] = { count, left }
end
return usages`

/** Never below zero, and never a new key: a refund after the window has closed is nothing. */
const refundScript = `
if (tonumber(redis.call('GET', KEYS[1])) or 0) > 0 then redis.call('DECR', KEYS[1]) end
return 0`

type ScriptedRedis = Redis & {
  countRequests: (
    keys: number,
    ...keysThenRequestsAndWindows: (string | number)[]
  ) => Promise<[count: number, leftMs: number][]>
  refundRequest: (key: string) => Promise<number>
}

const isScripted = (redis: Redis): redis is ScriptedRedis =>
  'countRequests' in redis && 'refundRequest' in redis

const withScripts = (redis: Redis): ScriptedRedis => {
  redis.defineCommand('countRequests', { lua: countScript })
  redis.defineCommand('refundRequest', { numberOfKeys: 1, lua: refundScript })
  if (!isScripted(redis)) throw new Error('ioredis did not define the commands')
  return redis
}

/** The requests that one turn has for one key. */
interface Tally {
  requests: number
  readonly windowMs: number
}

interface Turn {
  readonly tallies: Map<string, Tally>
  /** By key, with all requests of the turn. */
  readonly usages: Promise<ReadonlyMap<string, Usage>>
}

const tallyOf = ({ tallies }: Turn, key: string, windowMs: number): Tally => {
  const known = tallies.get(key)
  if (known !== undefined) return known
  const tally = { requests: 0, windowMs }
  tallies.set(key, tally)
  return tally
}

export const createRedisCounters = (redis: Redis): RateLimitCounters => {
  const scripted = withScripts(redis)
  let turn: Turn | undefined

  const count = async (tallies: ReadonlyMap<string, Tally>): Promise<ReadonlyMap<string, Usage>> => {
    const keys = [...tallies.keys()]
    const counts = [...tallies.values()].flatMap(({ requests, windowMs }) => [requests, windowMs])
    const usages = await scripted.countRequests(keys.length, ...keys, ...counts)
    return new Map(usages.map(([count, resetsInMs], index) => [keys[index] ?? '', { count, resetsInMs }]))
  }

  const openTurn = (): Turn => {
    const tallies = new Map<string, Tally>()
    const ended = Promise.withResolvers<ReadonlyMap<string, Usage>>()
    setImmediate(() => {
      turn = undefined
      count(tallies).then(ended.resolve, ended.reject)
    })
    return { tallies, usages: ended.promise }
  }

  return {
    count: async (bucket, subjects, windowSeconds) => {
      turn ??= openTurn()
      const own = turn
      const counted = subjects.map(subject => {
        const key = keyOf(bucket, subject)
        const tally = tallyOf(own, key, windowSeconds * 1000)
        tally.requests += 1
        return { key, tally, nth: tally.requests }
      })
      const usages = await own.usages
      return counted.map(({ key, tally, nth }) => {
        const { count, resetsInMs } = usages.get(key) ?? { count: tally.requests, resetsInMs: tally.windowMs }
        // Those that came later in the turn are counted already.
        return { count: count - (tally.requests - nth), resetsInMs }
      })
    },
    peek: async (bucket, subject) => {
      const key = keyOf(bucket, subject)
      const [count, resetsInMs] = await Promise.all([redis.get(key), redis.pttl(key)])
      return count === null || resetsInMs < 0 ? undefined : { count: Number(count), resetsInMs }
    },
    refund: async (bucket, subject) => {
      await scripted.refundRequest(keyOf(bucket, subject))
    },
  }
}
