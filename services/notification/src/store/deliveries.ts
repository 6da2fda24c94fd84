/**
 * Deliveries and who is at work on them. Every step is one conditional UPDATE, so that two workers, two replicas
 * or a job that was queued twice never send one mail twice. Postgres' clock decides, never a worker's.
 */
import type { Pool } from 'pg'
import { type Claim, type ClaimedDelivery, type FailureReason, leaseMs } from '../domain/delivery.ts'
import type { DeliveryId } from '../domain/ids.ts'

// A delivery that changed just now has a job, or soon gets one from the outbox.
const checkAfter = "now() + interval '20 seconds'"

export const createDeliveries = ({ pool }: { pool: Pool }) => ({
  claim: async (id: DeliveryId): Promise<Claim> => {
    const claimed = await pool.query<ClaimedDelivery>({
      name: 'claim-delivery',
      text: `
        UPDATE deliveries d SET status = 'sending', attempts = attempts + 1,
          lease_expires_at = now() + $2 * interval '1 ms', next_check_at = ${checkAfter}
        FROM messages m
        WHERE d.id = $1 AND m.id = d.message_id
          AND (d.status = 'queued' OR (d.status = 'sending' AND d.lease_expires_at < now()))
        RETURNING d.id, d.message_id AS "messageId", d.attempts AS attempt, m.template, m.recipient, m.locale,
          m.sealed_data AS "sealedData", m.request_id AS "requestId", m.created_at AS "createdAt",
          m.expires_at AS "expiresAt", m.expires_at <= now() AS expired`,
      values: [id, leaseMs],
    })
    const delivery = claimed.rows[0]
    if (delivery !== undefined) return { outcome: 'claimed', delivery }
    const held = await pool.query<{ leaseMs: number }>(
      `SELECT greatest(0, ceil(extract(epoch FROM lease_expires_at - now()) * 1000))::int AS "leaseMs"
       FROM deliveries WHERE id = $1 AND status = 'sending'`,
      [id],
    )
    const lease = held.rows[0]
    return lease === undefined ? { outcome: 'over' } : { outcome: 'busy', ...lease }
  },

  /** Keeps a claim while a slow mail server is at it. */
  renewLease: async (id: DeliveryId, attempt: number): Promise<void> => {
    await pool.query(
      `UPDATE deliveries SET lease_expires_at = now() + $3 * interval '1 ms', next_check_at = ${checkAfter}
       WHERE id = $1 AND attempts = $2 AND status = 'sending'`,
      [id, attempt, leaseMs],
    )
  },

  /** The mail server took it: what it said is kept, what was sealed is wiped. True whoever held the claim. */
  recordSent: async (id: DeliveryId, reply: string): Promise<void> => {
    await pool.query({
      name: 'record-sent',
      text: finish(`status = 'sent', failure_reason = NULL, last_reply = $2`, `id = $1 AND status <> 'sent'`),
      values: [id, reply],
    })
  },

  /** It will not be tried again. `reply` is undefined where no mail server was asked. */
  recordFailed: async (
    { id, attempt }: Pick<ClaimedDelivery, 'id' | 'attempt'>,
    reason: FailureReason,
    reply?: string,
  ): Promise<void> => {
    await pool.query(
      finish(
        `status = $3::delivery_status, failure_reason = $4, last_reply = coalesce($5, last_reply)`,
        `id = $1 AND attempts = $2 AND status = 'sending'`,
      ),
      [id, attempt, reason === 'expired' ? 'expired' : 'failed', reason, reply],
    )
  },

  /** Gives the claim back: a later attempt may do better. */
  recordDeferred: async (
    { id, attempt }: Pick<ClaimedDelivery, 'id' | 'attempt'>,
    reply: string,
  ): Promise<void> => {
    await pool.query(
      `UPDATE deliveries SET status = 'queued', lease_expires_at = NULL, last_reply = $3, next_check_at = ${checkAfter}
       WHERE id = $1 AND attempts = $2 AND status = 'sending'`,
      [id, attempt, reply],
    )
  },
})

/** One statement that ends deliveries and wipes what was sealed for them. */
export const finish = (assignments: string, condition: string): string => `
  WITH finished AS (
    UPDATE deliveries SET ${assignments}, finished_at = now(), lease_expires_at = NULL
    WHERE ${condition} RETURNING message_id
  )
  UPDATE messages SET sealed_data = NULL FROM finished
  WHERE messages.id = finished.message_id AND messages.sealed_data IS NOT NULL`
