/**
 * Counts guesses at something short, for each of those who may be behind one: an address, a browser, an account. A guess
 * counts before it is looked at, so that twenty at once count as twenty, and is given back when it was right: where it was
 * counted, and nowhere else. In Redis for all replicas together; in this process while Redis is away, so that the limit
 * gets looser but never vanishes.
 */
import { isRedisUnavailable } from '@latchkey/runtime/redis'
import type { Redis } from 'ioredis'
import type { GuessDecision, Guesser } from '../domain/guess-limit.ts'

const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

/**
 * Who has failed too often is refused without counting anybody: for how long comes first, and then, of those who are
 * counted, when each window ends. INCR and PEXPIRE are one step for all: a counter without an expiry would lock its
 * subject out for ever.
 */
const takeScript = `${clock}
local refused = -1
for index, key in ipairs(KEYS) do
  if (tonumber(redis.call('GET', key)) or 0) >= tonumber(ARGV[index + 1]) then
    refused = math.max(refused, redis.call('PTTL', key))
  end
end
local taken = { refused }
if refused >= 0 then return taken end
for index, key in ipairs(KEYS) do
  redis.call('INCR', key)
  local left = redis.call('PTTL', key)
  if left < 0 then
    left = tonumber(ARGV[1])
    redis.call('PEXPIRE', key, left)
  end
  taken[index + 1] = now + left
end
return taken`

/**
 * Never below zero, never a new key, and never another window, which ends at another time: else a guess of the next window
 * would be free. The clock of a script may go on a little between two commands.
 */
const giveBackScript = `${clock}
for index, key in ipairs(KEYS) do
  local isSame = math.abs(now + redis.call('PTTL', key) - ARGV[index]) < 100
  if isSame and (tonumber(redis.call('GET', key)) or 0) > 0 then redis.call('DECR', key) end
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

const ignoreUnavailable = (error: unknown): void => {
  if (!isRedisUnavailable(error)) throw error
}

const refusedFor = (ms: number): GuessDecision => ({
  outcome: 'refused',
  retryAfterSeconds: Math.max(1, Math.ceil(ms / 1_000)),
})

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
  return (guessers: readonly Guesser[]): GuessDecision => {
    const nowMs = now().getTime()
    const refusals = guessers.flatMap(({ name, maxFailures }) => {
      const window = find(name, nowMs)
      return window !== undefined && window.count >= maxFailures ? [window.endsAtMs - nowMs] : []
    })
    if (refusals.length > 0) return refusedFor(Math.max(...refusals))
    const counted = guessers.map(({ name }) => find(name, nowMs) ?? open(name, nowMs))
    for (const window of counted) window.count += 1
    return {
      outcome: 'allowed',
      giveBack: async () => {
        for (const window of counted) window.count -= 1
      },
    }
  }
}

export const createGuessCounters = ({ redis, what, windowSeconds, now }: GuessCountersDeps) => {
  const takeInProcess = createProcessCounters(windowSeconds, now)

  const takeInRedis = async (guessers: readonly Guesser[]): Promise<GuessDecision> => {
    const keys = guessers.map(({ name }) => `rate_limit:${what}:${name}`)
    const limits = guessers.map(({ maxFailures }) => maxFailures)
    const taken = await redis.eval(takeScript, keys.length, ...keys, windowSeconds * 1_000, ...limits)
    const [refusedMs, ...endsAtMs] = taken as [number, ...number[]]
    if (refusedMs >= 0) return refusedFor(refusedMs)
    return {
      outcome: 'allowed',
      // Where Redis has gone since, the guess stays counted.
      giveBack: async () => {
        await redis.eval(giveBackScript, keys.length, ...keys, ...endsAtMs).catch(ignoreUnavailable)
      },
    }
  }

  return {
    /** Counts one guess for each of them; refused where one has failed too often. */
    take: async (guessers: readonly Guesser[]): Promise<GuessDecision> => {
      try {
        return await takeInRedis(guessers)
      } catch (error) {
        ignoreUnavailable(error)
        return takeInProcess(guessers)
      }
    },
  }
}
