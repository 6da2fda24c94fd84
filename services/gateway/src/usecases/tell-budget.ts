/** Says what is left of an address's budget without spending any: `curl -I` is how operators look at a limit. */
import { type Cidr, isInNetworks, subscriberOf } from '@latchkey/runtime/networks'
import { judge, type LimitBucket, limitHeaders, type RateLimits, type Usage } from '../domain/rate-limits.ts'

export interface TellBudgetDeps {
  counters: { peek: (bucket: LimitBucket, subject: string) => Promise<Usage | undefined> }
  limits: RateLimits
  allowlist: readonly Cidr[]
}

export interface Budget {
  bucket: LimitBucket
  clientAddress: string
}

export const createTellBudget =
  ({ counters, limits, allowlist }: TellBudgetDeps) =>
  async ({ bucket, clientAddress }: Budget): Promise<Readonly<Record<string, string>>> => {
    if (isInNetworks(clientAddress, allowlist)) return {}
    const limit = limits[bucket]
    const untouched = { count: 0, resetsInMs: limit.windowSeconds * 1000 }
    const usage = (await counters.peek(bucket, `ip:${subscriberOf(clientAddress)}`)) ?? untouched
    return limitHeaders(bucket, limit, judge(limit, usage))
  }

export type TellBudget = ReturnType<typeof createTellBudget>
