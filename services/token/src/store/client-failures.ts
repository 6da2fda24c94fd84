/**
 * Failed client authentications, counted in Redis for all replicas, and in the process while Redis is away. Only a
 * failure asks Redis: who succeeds is looked up in memory. A replica that has not heard of a block yet hears of it at
 * its first failure.
 */
import type { Redis } from 'ioredis'

// Secrets have 256 bits: this bounds the noise and the work of a guesser rather than their chance.
const most = 20
const windowSeconds = 300

const capacity = 10_000

/** INCR and EXPIRE as one step: a counter without an end would lock its client out for ever. */
const countScript = `
local count = redis.call('INCR', KEYS[1])
local left = redis.call('TTL', KEYS[1])
if left < 0 then
  redis.call('EXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return { count, left }`

interface Window {
  readonly count: number
  readonly endsAtMs: number
}

export interface ClientFailuresDeps {
  readonly redis: Redis
  readonly now: () => Date
}

export const createClientFailures = ({ redis, now }: ClientFailuresDeps) => {
  const windows = new Map<string, Window>()

  const findWindow = (key: string): Window | undefined => {
    const window = windows.get(key)
    return window !== undefined && window.endsAtMs > now().getTime() ? window : undefined
  }

  const countInRedis = async (key: string): Promise<Window> => {
    const [count, left] = (await redis.eval(countScript, 1, `client_failures:${key}`, windowSeconds)) as [
      number,
      number,
    ]
    return { count, endsAtMs: now().getTime() + left * 1000 }
  }

  const countHere = (key: string): Window => {
    const window = findWindow(key)
    return {
      count: (window?.count ?? 0) + 1,
      endsAtMs: window?.endsAtMs ?? now().getTime() + windowSeconds * 1000,
    }
  }

  return {
    /** Seconds until the next attempt is looked at; undefined where it is at once. */
    findBlockedSeconds: (key: string): number | undefined => {
      const window = findWindow(key)
      if (window === undefined || window.count < most) return undefined
      return Math.max(1, Math.ceil((window.endsAtMs - now().getTime()) / 1000))
    },
    add: async (key: string): Promise<void> => {
      const window = await countInRedis(key).catch(() => countHere(key))
      windows.delete(key)
      if (windows.size >= capacity) windows.delete(windows.keys().next().value ?? '')
      windows.set(key, window)
    },
  }
}
