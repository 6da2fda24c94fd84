/** Deliveries that nobody has touched for a while: their job may be gone with the memory of Redis. */
import type { Pool } from 'pg'
import type { DeliveryId } from '../domain/ids.ts'
import { finish } from './deliveries.ts'

export const createOverdueDeliveries = ({ pool }: { pool: Pool }) => ({
  /** Ends at most `limit` queued deliveries whose messages have become worthless; gives their number. */
  expire: async (limit: number): Promise<number> => {
    const { rowCount } = await pool.query(
      finish(
        `status = 'expired', failure_reason = 'expired'`,
        `id IN (
           SELECT d.id FROM deliveries d JOIN messages m ON m.id = d.message_id
           WHERE d.finished_at IS NULL AND d.status = 'queued' AND d.next_check_at <= now() AND m.expires_at <= now()
           LIMIT $1 FOR UPDATE OF d SKIP LOCKED
         )`,
      ),
      [limit],
    )
    return rowCount ?? 0
  },

  /** At most `limit` unfinished deliveries to check now. No replica gets them again for 20 s. */
  takeOverdue: async (limit: number): Promise<DeliveryId[]> => {
    const { rows } = await pool.query<{ id: DeliveryId }>(
      `UPDATE deliveries SET next_check_at = now() + interval '20 seconds' WHERE id IN (
         SELECT id FROM deliveries WHERE finished_at IS NULL AND next_check_at <= now()
         ORDER BY next_check_at LIMIT $1 FOR UPDATE SKIP LOCKED
       ) RETURNING id`,
      [limit],
    )
    return rows.map(({ id }) => id)
  },
})
