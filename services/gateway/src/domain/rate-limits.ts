/**
 * What a limit says and how it is told. Counting is the store's; here are the numbers and the headers.
 *
 * @see draft-ietf-httpapi-ratelimit-headers (`RateLimit`, `RateLimit-Policy`)
 */

/** Routes that share one budget. `default` is every route that names no other. */
const limitBuckets = [
  'login',
  'register',
  'refresh',
  'password_reset',
  'verification_resend',
  'default',
] as const
export type LimitBucket = (typeof limitBuckets)[number]

export interface RateLimit {
  maxRequests: number
  windowSeconds: number
}

export type RateLimits = Readonly<Record<LimitBucket, RateLimit>>

/** Somebody who pays for requests, and how many they have. */
export interface Allowance {
  readonly subject: string
  readonly limit: RateLimit
}

/** One request counted: how many there were in this window, this one included, and when the window ends. */
export interface Usage {
  count: number
  resetsInMs: number
}

/** A usage that can be taken back. */
export interface Counted extends Usage {
  /**
   * Gives the request back to the window that counted it, and to no later one: it turned out not to be what the bucket
   * counts.
   */
  readonly refund: () => Promise<void>
}

export interface Verdict {
  allowed: boolean
  remaining: number
  resetsInSeconds: number
}

export const judge = (limit: RateLimit, usage: Usage): Verdict => ({
  allowed: usage.count <= limit.maxRequests,
  remaining: Math.max(0, limit.maxRequests - usage.count),
  resetsInSeconds: Math.max(1, Math.ceil(usage.resetsInMs / 1000)),
})

/** The headers of an answer to a counted request: the customary ones, and the draft's. Times in seconds. */
export const limitHeaders = (bucket: string, limit: RateLimit, verdict: Verdict) => ({
  'X-RateLimit-Limit': String(limit.maxRequests),
  'X-RateLimit-Remaining': String(verdict.remaining),
  'X-RateLimit-Reset': String(verdict.resetsInSeconds),
  'RateLimit-Policy': `"${bucket}";q=${limit.maxRequests};w=${limit.windowSeconds}`,
  RateLimit: `"${bucket}";r=${verdict.remaining};t=${verdict.resetsInSeconds}`,
})
