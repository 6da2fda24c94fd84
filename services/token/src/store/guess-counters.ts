/**
 * Counts guesses at something short, for each of those who may be behind one: an address, a browser, an account. A guess
 * counts before it is looked at, so that twenty at once count as twenty, and is given back when it was right. In Redis
 * for all replicas together; in this process while Redis is away, so that the limit gets looser but never vanishes.
 */
import { isRedisUnavailable } from '@latchkey/runtime/redis'
import type { Redis } from 'ioredis'
import type { GuessDecision, GuessLimit } from '../domain/guess-limit.ts'

/** INCR and PEXPIRE as one step for all: a counter without an expiry would lock its subject out for ever. */
const takeScript = `
local refused = -1
for _, key in ipairs(KEYS) do
  local count = redis.call('INCR', key)
  local left = redis.call('PTTL', key)
  if left < 0 then
    redis.call('PEXPIRE', key, ARGV[2])
    left = tonumber(ARGV[2])
  end
  if count > tonumber(ARGV[1]) and left > refused then refused = left end
end
return refused`

/** Never below zero, and never a new key: what is given back after the window has closed is nothing. */
const giveBackScript = `
for _, key in ipairs(KEYS) do
  if (tonumber(redis.call('GET', key)) or 0) > 0 then redis.call('DECR', key) end
end
return 0`

// One subject more than that, and the oldest is forgotten.
const processCapacity = 50_000

export interface GuessCountersDeps {
  readonly redis: Redis
  /** What is guessed at: part of the keys in Redis. */
  readonly what: string
  readonly limit: GuessLimit
  readonly now: () => Date
}

const decisionOf = (refusedForMs: number): GuessDecision =>
  refusedForMs < 0
    ? { outcome: 'allowed' }
    : { outcome: 'refused', retryAfterSeconds: Math.max(1, Math.ceil(refusedForMs / 1_000)) }

const createProcessCounters = ({ maxFailures, windowSeconds }: GuessLimit, now: () => Date) => {
  const windows = new Map<string, { count: number; readonly endsAtMs: number }>()
  const windowOf = (key: string, nowMs: number) => {
    const known = windows.get(key)
    if (known !== undefined && known.endsAtMs > nowMs) return known
    windows.delete(key)
    const oldest = windows.size >= processCapacity ? windows.keys().next().value : undefined
    if (oldest !== undefined) windows.delete(oldest)
    const opened = { count: 0, endsAtMs: nowMs + windowSeconds * 1_000 }
    windows.set(key, opened)
    return opened
  }
  return {
    take: (keys: readonly string[]): number => {
      const nowMs = now().getTime()
      const refusals = keys.map(key => {
        const window = windowOf(key, nowMs)
        window.count += 1
        return window.count > maxFailures ? window.endsAtMs - nowMs : -1
      })
      return Math.max(-1, ...refusals)
    },
    giveBack: (keys: readonly string[]): void => {
      for (const key of keys) {
        const window = windows.get(key)
        if (window !== undefined && window.count > 0) window.count -= 1
      }
    },
  }
}

export const createGuessCounters = ({ redis, what, limit, now }: GuessCountersDeps) => {
  const inProcess = createProcessCounters(limit, now)
  const keysOf = (subjects: readonly string[]) => subjects.map(subject => `rate_limit:${what}:${subject}`)
  const run = (script: string, keys: readonly string[], args: readonly number[]) =>
    redis.eval(script, keys.length, ...keys, ...args)

  return {
    /** Counts one guess for each subject; refused where one of them has failed too often. */
    take: async (subjects: readonly string[]): Promise<GuessDecision> => {
      const keys = keysOf(subjects)
      try {
        return decisionOf(
          Number(await run(takeScript, keys, [limit.maxFailures, limit.windowSeconds * 1_000])),
        )
      } catch (error) {
        if (!isRedisUnavailable(error)) throw error
        return decisionOf(inProcess.take(keys))
      }
    },
    /** It was right. */
    giveBack: async (subjects: readonly string[]): Promise<void> => {
      const keys = keysOf(subjects)
      try {
        await run(giveBackScript, keys, [])
      } catch (error) {
        if (!isRedisUnavailable(error)) throw error
        inProcess.giveBack(keys)
      }
    },
  }
}

export type GuessCounters = ReturnType<typeof createGuessCounters>
