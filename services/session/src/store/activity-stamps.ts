/**
 * Last-seen stamps, written in batches. A session that moved to another address is left as it is, and told: what that
 * move means is looked at first (see `address-moves.ts`).
 *
 * Losing the last moments of them in a crash costs nobody a session, so
 * the commit does not wait for the disk; what ends a session does (see endings.ts).
 */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool } from 'pg'
import type { SessionId } from '../domain/ids.ts'
import type { Activity, Session } from '../domain/session.ts'
import { type SessionRow, sessionColumns, toSession } from './session-row.ts'

// Rows are locked in the order of their ids, as everywhere, so that batches of two replicas never deadlock.
// An address is written down when it is new to the session, else once an hour.
const stamp = `
  WITH used AS (
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS used (id, at, ip)
  ), locked AS (
    SELECT s.id, s.user_id, used.at, used.ip,
           s.ip_address <> used.ip AS has_moved,
           s.ip_address IS NULL OR date_trunc('hour', used.at) > s.last_accessed_at AS is_news
      FROM sessions s JOIN used ON used.id = s.id
     WHERE s.ended_at IS NULL AND s.last_accessed_at < used.at AND used.at < s.ends_at
     ORDER BY s.id
       FOR NO KEY UPDATE OF s
  ), seen AS (
    INSERT INTO known_addresses (user_id, address, first_seen_at, last_seen_at, session_id)
    SELECT user_id, ip, min(at), max(at), (array_agg(id))[1] FROM locked
     WHERE is_news AND ip IS NOT NULL AND has_moved IS NOT TRUE
     GROUP BY user_id, ip
     ORDER BY user_id, ip
    ON CONFLICT (user_id, address)
    DO UPDATE SET last_seen_at = greatest(known_addresses.last_seen_at, excluded.last_seen_at)
  ), stamped AS (
    UPDATE sessions s
       SET last_accessed_at = locked.at, ip_address = coalesce(s.ip_address, locked.ip),
           ip_since = coalesce(s.ip_since, locked.at)
      FROM locked
     WHERE s.id = locked.id AND locked.has_moved IS NOT TRUE
    RETURNING ${sessionColumns}
  )
  SELECT locked.id AS locked_id, locked.has_moved, stamped.*
    FROM locked LEFT JOIN stamped ON stamped.id = locked.id`

interface LockedRow extends SessionRow {
  readonly locked_id: SessionId
  /** The columns of the session are null then. */
  readonly has_moved: boolean | null
}

export interface Stamped {
  readonly sessions: readonly Session[]
  /** Those that were used from elsewhere, and not stamped. */
  readonly moved: readonly SessionId[]
}

export const createActivityStamps = ({ pool }: { pool: Pool }) => ({
  /**
   * Writes what is newer than what is known and gives the sessions that it stamped; ended and unknown ones are left alone.
   * One activity a session.
   */
  write: (activities: readonly Activity[]): Promise<Stamped> =>
    inTransaction(pool, async client => {
      await client.query('SET LOCAL synchronous_commit TO off')
      const { rows } = await client.query<LockedRow>(stamp, [
        activities.map(({ sessionId }) => sessionId),
        activities.map(({ at }) => at),
        activities.map(({ ipAddress }) => ipAddress ?? null),
      ])
      return {
        sessions: rows.filter(row => row.has_moved !== true).map(toSession),
        moved: rows.filter(row => row.has_moved === true).map(row => row.locked_id),
      }
    }),
})
