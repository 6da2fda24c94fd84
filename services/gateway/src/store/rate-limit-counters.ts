/**
 * Counters of requests per bucket and subject: in Redis, shared by all gateways; in this process while
 * Redis is away, so that limits get looser by the number of gateways but never vanish.
 */
import type { Redis } from 'ioredis'
import type { LimitBucket, Usage } from '../domain/rate-limits.ts'

export interface RateLimitCounters {
  /** Counts one request, for each subject in the window that its first request opened: a usage each, in their order. */
  count: (
    bucket: LimitBucket,
    subjects: readonly string[],
    windowSeconds: number,
  ) => Promise<readonly Usage[]>
  /** What is counted so far; undefined where no window is open. */
  peek: (bucket: LimitBucket, subject: string) => Promise<Usage | undefined>
  /** Takes one request back: it turned out not to be what the bucket counts. */
  refund: (bucket: LimitBucket, subject: string) => Promise<void>
}

const keyOf = (bucket: LimitBucket, subject: string) => `rate_limit:${bucket}:${subject}`

/** INCR and PEXPIRE as one step: a counter without an expiry would lock its subject out for ever. */
const countScript = `
local usages = {}
for _, key in ipairs(KEYS) do
  local count = redis.call('INCR', key)
  local left = redis.call('PTTL', key)
  if left < 0 then
    redis.call('PEXPIRE', key, ARGV[1])
    left = tonumber(ARGV[1])
  end
  usages[#usages + 1] = { count, left }
end
return usages`

/** Never below zero, and never a new key: a refund after the window has closed is nothing. */
const refundScript = `
if (tonumber(redis.call('GET', KEYS[1])) or 0) > 0 then redis.call('DECR', KEYS[1]) end
return 0`

type ScriptedRedis = Redis & {
  countRequest: (
    keys: number,
    ...keysAndWindowMs: (string | number)[]
  ) => Promise<[count: number, leftMs: number][]>
  refundRequest: (key: string) => Promise<number>
}

const isScripted = (redis: Redis): redis is ScriptedRedis =>
  'countRequest' in redis && 'refundRequest' in redis

const withScripts = (redis: Redis): ScriptedRedis => {
  redis.defineCommand('countRequest', { lua: countScript })
  redis.defineCommand('refundRequest', { numberOfKeys: 1, lua: refundScript })
  if (!isScripted(redis)) throw new Error('ioredis did not define the commands')
  return redis
}

export const createRedisCounters = (redis: Redis): RateLimitCounters => {
  const scripted = withScripts(redis)
  return {
    count: async (bucket, subjects, windowSeconds) => {
      const keys = subjects.map(subject => keyOf(bucket, subject))
      const usages = await scripted.countRequest(keys.length, ...keys, windowSeconds * 1000)
      return usages.map(([count, resetsInMs]) => ({ count, resetsInMs }))
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

/** @param capacity how many subjects are remembered; the one that was opened first is forgotten first */
export const createProcessCounters = (now: () => Date, capacity = 50_000): RateLimitCounters => {
  const windows = new Map<string, { count: number; endsAtMs: number }>()
  const countOne = (key: string, windowSeconds: number): Usage => {
    const nowMs = now().getTime()
    let window = windows.get(key)
    if (window === undefined || window.endsAtMs <= nowMs) {
      windows.delete(key)
      const oldest = windows.size >= capacity ? windows.keys().next().value : undefined
      if (oldest !== undefined) windows.delete(oldest)
      window = { count: 0, endsAtMs: nowMs + windowSeconds * 1000 }
      windows.set(key, window)
    }
    window.count += 1
    return { count: window.count, resetsInMs: window.endsAtMs - nowMs }
  }
  return {
    count: async (bucket, subjects, windowSeconds) =>
      subjects.map(subject => countOne(keyOf(bucket, subject), windowSeconds)),
    peek: async (bucket, subject) => {
      const window = windows.get(keyOf(bucket, subject))
      const resetsInMs = (window?.endsAtMs ?? 0) - now().getTime()
      return window === undefined || resetsInMs <= 0 ? undefined : { count: window.count, resetsInMs }
    },
    refund: async (bucket, subject) => {
      const window = windows.get(keyOf(bucket, subject))
      if (window !== undefined && window.count > 0) window.count -= 1
    },
  }
}

/** Uses the first counters, and the second for each call in which the first are unavailable. */
export const withFallback = (
  first: RateLimitCounters,
  second: RateLimitCounters,
  onFallback: (error: unknown) => void,
): RateLimitCounters => {
  const either = async <T>(call: (counters: RateLimitCounters) => Promise<T>): Promise<T> => {
    try {
      return await call(first)
    } catch (error) {
      onFallback(error)
      return call(second)
    }
  }
  return {
    count: (bucket, subjects, windowSeconds) =>
      either(counters => counters.count(bucket, subjects, windowSeconds)),
    peek: (bucket, subject) => either(counters => counters.peek(bucket, subject)),
    refund: (bucket, subject) => either(counters => counters.refund(bucket, subject)),
  }
}
