/**
 * A session under review: something about its use was suspicious, its owner was asked, and it goes on for a grace. Then it
 * ends, unless the owner has confirmed it.
 */
import type { ChangeReason } from './address-change.ts'

export interface Review {
  readonly reason: ChangeReason
  /** Names the review: one that is confirmed late confirms no later one. */
  readonly flaggedAt: Date
  /** Not confirmed until then, the session is over. */
  readonly until: Date
}

/** Its grace has passed, whether or not anything has ended it yet. */
export const isUnconfirmed = ({ review }: { readonly review: Review | undefined }, now: Date): boolean =>
  review !== undefined && now >= review.until
