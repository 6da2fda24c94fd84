/** A row of `sessions` as `pg` gives it, for the statements that are written by hand. */
import type { ChangeReason } from '../domain/address-change.ts'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { Review } from '../domain/review.ts'
import type { Session } from '../domain/session.ts'

export const sessionColumns = `s.id, s.user_id, s.user_agent, s.ip_address, s.remember_me, s.created_at, s.renewed_at,
  s.last_accessed_at, s.ttl_seconds, s.ends_at, s.ended_at, s.review_reason, s.review_at, s.review_until`

export interface SessionRow {
  readonly id: SessionId
  readonly user_id: UserId
  readonly user_agent: string
  readonly ip_address: string | null
  readonly remember_me: boolean
  readonly created_at: Date
  readonly renewed_at: Date | null
  readonly last_accessed_at: Date
  readonly ttl_seconds: number
  readonly ends_at: Date
  readonly ended_at: Date | null
  readonly review_reason: string | null
  readonly review_at: Date | null
  readonly review_until: Date | null
}

/** The three columns are set together. */
export const toReview = (
  reason: string | null,
  flaggedAt: Date | null,
  until: Date | null,
): Review | undefined =>
  reason === null || flaggedAt === null || until === null
    ? undefined
    : { reason: reason as ChangeReason, flaggedAt, until }

export const toSession = (row: SessionRow): Session => ({
  id: row.id,
  userId: row.user_id,
  userAgent: row.user_agent,
  ipAddress: row.ip_address ?? undefined,
  isRemembered: row.remember_me,
  createdAt: row.created_at,
  renewedAt: row.renewed_at ?? undefined,
  lastAccessedAt: row.last_accessed_at,
  ttlSeconds: row.ttl_seconds,
  endsAt: row.ends_at,
  endedAt: row.ended_at ?? undefined,
  review: toReview(row.review_reason, row.review_at, row.review_until),
})
