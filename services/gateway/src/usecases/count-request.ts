/** Counts a request against its subject's budget. */
import { type Cidr, isInNetworks } from '@latchkey/runtime/networks'
import { subscriberOf } from '../domain/client-address.ts'
import {
  judge,
  type LimitBucket,
  limitHeaders,
  type RateLimit,
  type RateLimits,
  type Usage,
} from '../domain/rate-limits.ts'

export interface CountRequestDeps {
  counters: {
    count: (bucket: LimitBucket, subject: string, limit: RateLimit) => Promise<Usage>
    refund: (bucket: LimitBucket, subject: string) => Promise<void>
  }
  limits: RateLimits
  allowlist: readonly Cidr[]
}

export interface CountedRequest {
  bucket: LimitBucket
  clientAddress: string
  /** Undefined where the bearer is missing or not good. */
  userId: string | undefined
}

type Headers = Readonly<Record<string, string>>

export type Counted =
  | { outcome: 'within'; headers: Headers; refund: () => Promise<void> }
  | { outcome: 'exceeded'; headers: Headers; retryAfterSeconds: number }

const exempt: Counted = { outcome: 'within', headers: {}, refund: async () => {} }

export const createCountRequest =
  ({ counters, limits, allowlist }: CountRequestDeps) =>
  async ({ bucket, clientAddress, userId }: CountedRequest): Promise<Counted> => {
    if (isInNetworks(clientAddress, allowlist)) return exempt
    const subject = userId === undefined ? `ip:${subscriberOf(clientAddress)}` : `user:${userId}`
    const limit = limits[bucket]
    const verdict = judge(limit, await counters.count(bucket, subject, limit))
    const headers = limitHeaders(bucket, limit, verdict)
    return verdict.allowed
      ? { outcome: 'within', headers, refund: () => counters.refund(bucket, subject) }
      : { outcome: 'exceeded', headers, retryAfterSeconds: verdict.resetsInSeconds }
  }

export type CountRequest = ReturnType<typeof createCountRequest>
