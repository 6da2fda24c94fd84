/**
 * Sessions that were used from another address: what the move means is decided with the session's row locked, and written
 * with what follows from it, so that two replicas that hear of it judge it once.
 */
import { enqueue } from '@latchkey/outbox'
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { Whereabouts } from '../domain/follow-uses.ts'
import type { FollowedSession, FollowMoves } from '../domain/followed-session.ts'
import type { SessionId } from '../domain/ids.ts'
import type { Session } from '../domain/session.ts'
import { endLocked } from './endings.ts'
import { findAddresses, noteAddresses } from './known-addresses.ts'
import { sessionFlagged } from './session-flagged-message.ts'
import { type SessionRow, sessionColumns, toReview, toSession } from './session-row.ts'

interface MovedRow extends SessionRow {
  readonly device_id: string | null
  readonly ip_since: Date | null
  readonly address_changes: number
  readonly address_changes_since: Date | null
}

const lock = `
  SELECT ${sessionColumns}, s.device_id, s.ip_since, s.address_changes, s.address_changes_since
    FROM sessions s
   WHERE s.id = $1 AND s.ended_at IS NULL AND s.last_accessed_at < $2 AND $2 < s.ends_at
     FOR NO KEY UPDATE`

const move = `
  UPDATE sessions s
     SET last_accessed_at = $2, ip_address = $3, ip_since = $4, address_changes = $5, address_changes_since = $6,
         review_reason = $7, review_at = $8, review_until = $9
   WHERE s.id = $1
  RETURNING ${sessionColumns}`

const whereaboutsOf = (row: MovedRow): Whereabouts => ({
  ipAddress: row.ip_address ?? undefined,
  since: row.ip_since ?? row.created_at,
  lastAccessedAt: row.last_accessed_at,
  changes: row.address_changes,
  changesSince: row.address_changes_since ?? undefined,
  review: toReview(row.review_reason, row.review_at, row.review_until),
})

const write = async (client: PoolClient, id: SessionId, now: Whereabouts): Promise<Session> => {
  const { lastAccessedAt, ipAddress, since, changes, changesSince, review } = now
  const values = [id, lastAccessedAt, ipAddress, since, changes, changesSince]
  const { rows } = await client.query<SessionRow>({
    name: 'move-session',
    text: move,
    values: [...values, review?.reason, review?.flaggedAt, review?.until],
  })
  const [row] = rows
  if (row === undefined) throw new Error('a session that was locked is gone')
  return toSession(row)
}

export const createAddressMoves = ({ pool }: { pool: Pool }) => ({
  /** Undefined where there is nothing to follow: unknown, ended, or known to have been used later already. */
  follow: ({ sessionId, uses, decide }: FollowMoves): Promise<FollowedSession | undefined> =>
    inTransaction(pool, async client => {
      const latestAt = uses.at(-1)?.at
      if (latestAt === undefined) return undefined
      const { rows } = await client.query<MovedRow>({
        name: 'lock-moved-session',
        text: lock,
        values: [sessionId, latestAt],
      })
      const [row] = rows
      if (row === undefined) return undefined
      const { user_id: userId } = row
      const before = whereaboutsOf(row)
      const addresses = await findAddresses(client, { userId, sessionId, at: latestAt })
      const { whereabouts, moves } = decide(before, uses, addresses)
      const session = await write(client, sessionId, whereabouts)
      await noteAddresses(client, { userId, sessionId }, uses)
      const isFlagged = whereabouts.review !== undefined && before.review === undefined
      const isForbidden = moves.some(({ outcome }) => outcome === 'forbidden')
      // Stamps need not wait for the disk; what is promised does.
      if (!isFlagged && !isForbidden) await client.query('SET LOCAL synchronous_commit TO off')
      if (isForbidden) {
        const targets = [{ id: sessionId, reason: 'address_changed' as const }]
        return {
          session,
          moves,
          isFlagged: false,
          endings: await endLocked(client, targets, whereabouts.lastAccessedAt),
        }
      }
      if (isFlagged && session.review !== undefined) {
        const flagged = {
          id: sessionId,
          userId,
          deviceId: row.device_id ?? undefined,
          review: session.review,
        }
        await enqueue(client, sessionFlagged(flagged))
      }
      return { session, moves, isFlagged, endings: [] }
    }),
})
