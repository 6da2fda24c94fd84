/** A row of `sessions` as `pg` gives it, for the statements that are written by hand. */
import type { SessionId, UserId } from '../domain/ids.ts'
import type { Session } from '../domain/session.ts'

export const sessionColumns = `s.id, s.user_id, s.user_agent, s.ip_address, s.created_at, s.renewed_at,
  s.last_accessed_at, s.ttl_seconds, s.ends_at, s.ended_at`

export interface SessionRow {
  readonly id: SessionId
  readonly user_id: UserId
  readonly user_agent: string
  readonly ip_address: string | null
  readonly created_at: Date
  readonly renewed_at: Date | null
  readonly last_accessed_at: Date
  readonly ttl_seconds: number
  readonly ends_at: Date
  readonly ended_at: Date | null
}

export const toSession = (row: SessionRow): Session => ({
  id: row.id,
  userId: row.user_id,
  userAgent: row.user_agent,
  ipAddress: row.ip_address ?? undefined,
  createdAt: row.created_at,
  renewedAt: row.renewed_at ?? undefined,
  lastAccessedAt: row.last_accessed_at,
  ttlSeconds: row.ttl_seconds,
  endsAt: row.ends_at,
  endedAt: row.ended_at ?? undefined,
})
