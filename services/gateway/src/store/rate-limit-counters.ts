/**
 * Counters of requests per bucket and subject: in Redis, shared by all gateways; in this process while
 * Redis is away, so that limits get looser by the number of gateways but never vanish.
 */
import type { Redis } from 'ioredis'
import type { LimitBucket, RateLimit, Usage } from '../domain/rate-limits.ts'

export interface RateLimitCounters {
  /** Counts one request in the window that the first request of the subject opened. */
  count: (bucket: LimitBucket, subject: string, limit: RateLimit) => Promise<Usage>
  /** What is counted so far; undefined where no window is open. */
  peek: (bucket: LimitBucket, subject: string) => Promise<Usage | undefined>
  /** Takes one request back: it turned out not to be what the bucket counts. */
  refund: (bucket: LimitBucket, subject: string) => Promise<void>
}

const keyOf = (bucket: LimitBucket, subject: string) => `rate_limit:${bucket}:${subject}`

/** INCR and PEXPIRE as one step: a counter without an expiry would lock its subject out for ever. */
const countScript = `
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return { count, left }`

/** Never below zero, and never a new key: a refund after the window has closed is nothing. */
const refundScript = `
if (tonumber(redis.call('GET', KEYS[1])) or 0) > 0 then redis.call('DECR', KEYS[1]) end
return 0`

type ScriptedRedis = Redis & {
  countRequest: (key: string, windowMs: number) => Promise<[count: number, leftMs: number]>
  refundRequest: (key: string) => Promise<number>
}

const isScripted = (redis: Redis): redis is ScriptedRedis =>
  'countRequest' in redis && 'refundRequest' in redis

const withScripts = (redis: Redis): ScriptedRedis => {
  redis.defineCommand('countRequest', { numberOfKeys: 1, lua: countScript })
  redis.defineCommand('refundRequest', { numberOfKeys: 1, lua: refundScript })
  if (!isScripted(redis)) throw new Error('ioredis did not define the commands')
  return redis
}

export const createRedisCounters = (redis: Redis): RateLimitCounters => {
  const scripted = withScripts(redis)
  return {
    count: async (bucket, subject, limit) => {
      const [count, resetsInMs] = await scripted.countRequest(
        keyOf(bucket, subject),
        limit.windowSeconds * 1000,
      )
      return { count, resetsInMs }
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
  return {
    count: async (bucket, subject, limit) => {
      const key = keyOf(bucket, subject)
      const nowMs = now().getTime()
      let window = windows.get(key)
      if (window === undefined || window.endsAtMs <= nowMs) {
        windows.delete(key)
        const oldest = windows.size >= capacity ? windows.keys().next().value : undefined
        if (oldest !== undefined) windows.delete(oldest)
        window = { count: 0, endsAtMs: nowMs + limit.windowSeconds * 1000 }
        windows.set(key, window)
      }
      window.count += 1
      return { count: window.count, resetsInMs: window.endsAtMs - nowMs }
    },
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
    count: (bucket, subject, limit) => either(counters => counters.count(bucket, subject, limit)),
    peek: (bucket, subject) => either(counters => counters.peek(bucket, subject)),
    refund: (bucket, subject) => either(counters => counters.refund(bucket, subject)),
  }
}
