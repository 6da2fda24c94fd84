/**
 * Counts guesses at something short, for each of those who may be behind one: an address, a browser, an account. A guess
 * counts before it is looked at, so that twenty at once count as twenty, and is given back when it was right. In Redis
 * for all replicas together; in this process while Redis is away, so that the limit gets looser but never vanishes.
 */
import { isRedisUnavailable } from '@latchkey/runtime/redis'
import type { Redis } from 'ioredis'
import type { GuessDecision, Guesser } from '../domain/guess-limit.ts'

/**
 * Who has failed too often is refused without counting anybody. INCR and PEXPIRE are one step for all: a counter without
 * an expiry would lock its subject out for ever.
 */
const takeScript = `
local refused = -1
for index, key in ipairs(KEYS) do
  if (tonumber(redis.call('GET', key)) or 0) >= tonumber(ARGV[index + 1]) then
    refused = math.max(refused, redis.call('PTTL', key))
  end
end
if refused >= 0 then return refused end
for _, key in ipairs(KEYS) do
  redis.call('INCR', key)
  if redis.call('PTTL', key) < 0 then redis.call('PEXPIRE', key, ARGV[1]) end
end
return -1`

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
  readonly windowSeconds: number
  readonly now: () => Date
}

const decisionOf = (refusedForMs: number): GuessDecision =>
  refusedForMs < 0
    ? { outcome: 'allowed' }
    : { outcome: 'refused', retryAfterSeconds: Math.max(1, Math.ceil(refusedForMs / 1_000)) }

const createProcessCounters = (windowSeconds: number, now: () => Date) => {
  const windows = new Map<string, { count: number; readonly endsAtMs: number }>()

  const find = (name: string, nowMs: number) => {
    const window = windows.get(name)
    return window !== undefined && window.endsAtMs > nowMs ? window : undefined
  }
  const open = (name: string, nowMs: number) => {
    windows.delete(name)
    const oldest = windows.size >= processCapacity ? windows.keys().next().value : undefined
    if (oldest !== undefined) windows.delete(oldest)
    const window = { count: 0, endsAtMs: nowMs + windowSeconds * 1_000 }
    windows.set(name, window)
    return window
  }
  return {
    take: (guessers: readonly Guesser[]): number => {
      const nowMs = now().getTime()
      const refusals = guessers.flatMap(({ name, maxFailures }) => {
        const window = find(name, nowMs)
        return window !== undefined && window.count >= maxFailures ? [window.endsAtMs - nowMs] : []
      })
      if (refusals.length > 0) return Math.max(...refusals)
      for (const { name } of guessers) (find(name, nowMs) ?? open(name, nowMs)).count += 1
      return -1
    },
    giveBack: (guessers: readonly Guesser[]): void => {
      for (const { name } of guessers) {
        const window = windows.get(name)
        if (window !== undefined && window.count > 0) window.count -= 1
      }
    },
  }
}

export const createGuessCounters = ({ redis, what, windowSeconds, now }: GuessCountersDeps) => {
  const inProcess = createProcessCounters(windowSeconds, now)
  const run = (script: string, guessers: readonly Guesser[], args: readonly number[]) => {
    const keys = guessers.map(({ name }) => `rate_limit:${what}:${name}`)
    return redis.eval(script, keys.length, ...keys, ...args)
  }

  return {
    /** Counts one guess for each of them; refused where one has failed too often. */
    take: async (guessers: readonly Guesser[]): Promise<GuessDecision> => {
      const limits = guessers.map(({ maxFailures }) => maxFailures)
      try {
        return decisionOf(Number(await run(takeScript, guessers, [windowSeconds * 1_000, ...limits])))
      } catch (error) {
        if (!isRedisUnavailable(error)) throw error
        return decisionOf(inProcess.take(guessers))
      }
    },
    /** It was right. */
    giveBack: async (guessers: readonly Guesser[]): Promise<void> => {
      try {
        await run(giveBackScript, guessers, [])
      } catch (error) {
        if (!isRedisUnavailable(error)) throw error
        inProcess.giveBack(guessers)
      }
    },
  }
}
