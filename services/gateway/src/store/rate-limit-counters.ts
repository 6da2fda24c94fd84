/**
 * Counters of requests per bucket and subject: in Redis, shared by all gateways; in this process while
 * Redis is away, so that limits get looser by the number of gateways but never vanish.
 */
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
    count: (bucket, subjects, windowSeconds) =>
      either(counters => counters.count(bucket, subjects, windowSeconds)),
    peek: (bucket, subject) => either(counters => counters.peek(bucket, subject)),
    refund: (bucket, subject) => either(counters => counters.refund(bucket, subject)),
  }
}
