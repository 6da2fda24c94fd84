/**
 * Counts a request against its subject's budget and, where nobody knows who asks, against that of the subnet: who rents
 * many addresses is one subject for all that.
 */
import { type Cidr, isInNetworks, subscriberOf } from '@latchkey/runtime/networks'
import { subnetOf } from '../domain/client-address.ts'
import {
  type Allowance,
  type Counted as CountedUsage,
  judge,
  type LimitBucket,
  limitHeaders,
  type RateLimits,
} from '../domain/rate-limits.ts'

export interface CountRequestDeps {
  counters: {
    /** Up to the first allowance that is exceeded. */
    count: (bucket: LimitBucket, allowances: readonly Allowance[]) => Promise<readonly CountedUsage[]>
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

interface Budget extends Allowance {
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
    const usages = await counters.count(bucket, budgets)
    const judged = usages.flatMap((usage, index) => {
      const budget = budgets[index]
      if (budget === undefined) return []
      const verdict = judge(budget.limit, usage)
      return [{ verdict, headers: limitHeaders(budget.name, budget.limit, verdict) }]
    })
    const [own] = judged
    if (own === undefined) return exempt
    const exceeded = judged.find(({ verdict }) => !verdict.allowed)
    if (exceeded === undefined) {
      const refund = async () => {
        await Promise.all(usages.map(usage => usage.refund()))
      }
      return { outcome: 'within', headers: own.headers, refund }
    }
    return {
      outcome: 'exceeded',
      headers: exceeded.headers,
      retryAfterSeconds: exceeded.verdict.resetsInSeconds,
    }
  }
}

export type CountRequest = ReturnType<typeof createCountRequest>
