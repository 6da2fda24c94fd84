/**
 * Counters of requests per bucket and subject: in Redis, shared by all gateways; in this process while
 * Redis is away, so that limits get looser by the number of gateways but never vanish.
 */
import type { Allowance, Counted, LimitBucket, Usage } from '../domain/rate-limits.ts'

export interface RateLimitCounters {
  /**
   * Counts one request, for each subject in the window that its first request opened: a usage each, in their order, up to
   * the first whose limit it exceeds. Who is stopped by their own limit takes nothing from their neighbours, not even for
   * a moment. Requests that have the first subject in common have all of them.
   */
  count: (bucket: LimitBucket, allowances: readonly Allowance[]) => Promise<readonly Counted[]>
  /** What is counted so far; undefined where no window is open. */
  peek: (bucket: LimitBucket, subject: string) => Promise<Usage | undefined>
}

/** The name of a counter, in Redis as here. */
export const keyOf = (bucket: LimitBucket, subject: string) => `rate_limit:${bucket}:${subject}`

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
    count: (bucket, allowances) => either(counters => counters.count(bucket, allowances)),
    peek: (bucket, subject) => either(counters => counters.peek(bucket, subject)),
  }
}
