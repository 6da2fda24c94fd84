/**
 * Counts a request against its subject's budget and, where nobody knows who asks, against that of the subnet: who rents
 * many addresses is one subject for all that.
 */
import { type Cidr, isInNetworks, subscriberOf } from '@latchkey/runtime/networks'
import { subnetOf } from '../domain/client-address.ts'
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
    count: (
      bucket: LimitBucket,
      subjects: readonly string[],
      windowSeconds: number,
    ) => Promise<readonly Usage[]>
    refund: (bucket: LimitBucket, subject: string) => Promise<void>
  }
  limits: RateLimits
  /** The addresses of a subnet have so many times what one has. */
  subnetFactor: number
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

/** A subject of a request, and what it may do. */
interface Budget {
  readonly subject: string
  readonly limit: RateLimit
  /** Of the policy, in the headers. */
  readonly name: string
}

export const createCountRequest = ({ counters, limits, subnetFactor, allowlist }: CountRequestDeps) => {
  const budgetsOf = ({ bucket, clientAddress, userId }: CountedRequest): readonly Budget[] => {
    const limit = limits[bucket]
    if (userId !== undefined) return [{ subject: `user:${userId}`, limit, name: bucket }]
    const ofSubnet = { ...limit, maxRequests: limit.maxRequests * subnetFactor }
    return [
      { subject: `ip:${subscriberOf(clientAddress)}`, limit, name: bucket },
      { subject: `net:${subnetOf(clientAddress)}`, limit: ofSubnet, name: `${bucket}-subnet` },
    ]
  }

  return async (request: CountedRequest): Promise<Counted> => {
    const { bucket, clientAddress } = request
    if (isInNetworks(clientAddress, allowlist)) return exempt
    const budgets = budgetsOf(request)
    const subjects = budgets.map(({ subject }) => subject)
    const usages = await counters.count(bucket, subjects, limits[bucket].windowSeconds)
    const judged = budgets.map(({ subject, limit, name }, index) => {
      const verdict = judge(limit, usages[index] ?? { count: 0, resetsInMs: limit.windowSeconds * 1000 })
      return { subject, verdict, headers: limitHeaders(name, limit, verdict) }
    })
    const refund = async (from: readonly { subject: string }[]) => {
      await Promise.all(from.map(({ subject }) => counters.refund(bucket, subject)))
    }
    const [own] = judged
    if (own === undefined) return exempt
    const exceeded = judged.find(({ verdict }) => !verdict.allowed)
    if (exceeded === undefined)
      return { outcome: 'within', headers: own.headers, refund: () => refund(judged) }
    // Who is stopped by their own limit takes nothing from their neighbours.
    if (exceeded === own) await refund(judged.slice(1))
    return {
      outcome: 'exceeded',
      headers: exceeded.headers,
      retryAfterSeconds: exceeded.verdict.resetsInSeconds,
    }
  }
}

export type CountRequest = ReturnType<typeof createCountRequest>
