/** Counters of this process alone, for while Redis is away. */
import type { Counted } from '../domain/rate-limits.ts'
import { keyOf, type RateLimitCounters } from './rate-limit-counters.ts'

/** @param capacity how many subjects are remembered; the one that was opened first is forgotten first */
export const createProcessCounters = (now: () => Date, capacity = 50_000): RateLimitCounters => {
  const windows = new Map<string, { count: number; endsAtMs: number }>()
  const countOne = (key: string, windowSeconds: number): Counted => {
    const nowMs = now().getTime()
    let window = windows.get(key)
    if (window === undefined || window.endsAtMs <= nowMs) {
      windows.delete(key)
      const oldest = windows.size >= capacity ? windows.keys().next().value : undefined
      if (oldest !== undefined) windows.delete(oldest)
      window = { count: 0, endsAtMs: nowMs + windowSeconds * 1000 }
      windows.set(key, window)
    }
    const counted = window
    counted.count += 1
    return {
      count: counted.count,
      resetsInMs: counted.endsAtMs - nowMs,
      refund: async () => {
        counted.count -= 1
      },
    }
  }
  return {
    count: async (bucket, allowances) => {
      const usages: Counted[] = []
      for (const { subject, limit } of allowances) {
        const usage = countOne(keyOf(bucket, subject), limit.windowSeconds)
        usages.push(usage)
        if (usage.count > limit.maxRequests) break
      }
      return usages
    },
    peek: async (bucket, subject) => {
      const window = windows.get(keyOf(bucket, subject))
      const resetsInMs = (window?.endsAtMs ?? 0) - now().getTime()
      return window === undefined || resetsInMs <= 0 ? undefined : { count: window.count, resetsInMs }
    },
  }
}
