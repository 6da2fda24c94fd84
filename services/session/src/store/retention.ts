/** Deletes what has been kept for long enough, a small batch at a time. */
import type { Pool } from 'pg'

const statements = {
  sessions: `
    DELETE FROM sessions WHERE id IN (
      SELECT id FROM sessions WHERE ended_at < $1 ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
  terminations: `
    DELETE FROM terminations WHERE session_id IN (
      SELECT session_id FROM terminations WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
  knownAddresses: `
    DELETE FROM known_addresses WHERE (user_id, address) IN (
      SELECT user_id, address FROM known_addresses
       WHERE last_seen_at < $1 ORDER BY last_seen_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
} as const

export type Retained = keyof typeof statements

export const createRetention = ({ pool }: { pool: Pool }) => ({
  /** Rows whose end, or last sighting, lies before `before`; gives how many it deleted, at most `batchSize`. */
  deleteBatch: async (what: Retained, before: Date, batchSize: number): Promise<number> => {
    const { rowCount } = await pool.query(statements[what], [before, batchSize])
    return rowCount ?? 0
  },
})
