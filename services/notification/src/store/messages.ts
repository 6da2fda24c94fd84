/** Accepted messages, and their end after the retention time. */
import { enqueue } from '@latchkey/outbox'
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { DeliveryId } from '../domain/ids.ts'
import type { NewMessage } from '../domain/message.ts'
import type { Prisma } from './prisma.ts'

/** The kind of the outbox rows that put a delivery into the queue; their payload is a `QueuedDelivery`. */
export const deliveryQueued = 'delivery.queued'

const queuedDelivery = z.object({
  deliveryId: z.string().transform(id => id as DeliveryId),
  requestId: z.string().optional(),
  traceparent: z.string().optional(),
})

/** What is to be queued, and on whose behalf. */
export type QueuedDelivery = z.output<typeof queuedDelivery>

/** The payload of such a row. */
export const readQueuedDelivery = (payload: unknown): QueuedDelivery => queuedDelivery.parse(payload)

export const createMessages = ({ pool, prisma }: { pool: Pool; prisma: Prisma }) => ({
  /**
   * Stores a message, its delivery and the order to queue it, all or none. Of parallel requests with one id, one
   * is `accepted`; the others wait for it and find a `duplicate`.
   */
  insert: (message: NewMessage): Promise<'accepted' | 'duplicate'> =>
    inTransaction(pool, async client => {
      const {
        id,
        deliveryId,
        template,
        recipient,
        locale,
        data,
        sealedData,
        expiresAt,
        requestId,
        traceparent,
      } = message
      const inserted = await client.query(
        `INSERT INTO messages (id, template, recipient, locale, data, sealed_data, expires_at, request_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
        [id, template, recipient, locale, data, sealedData, expiresAt, requestId],
      )
      if (inserted.rowCount === 0) return 'duplicate'
      // The outbox brings it to the queue; only if that takes longer does the sweeper look after it.
      await client.query(
        `INSERT INTO deliveries (id, message_id, next_check_at) VALUES ($1, $2, now() + interval '20 seconds')`,
        [deliveryId, id],
      )
      const payload = { deliveryId, requestId, traceparent } satisfies QueuedDelivery
      await enqueue(client, { kind: deliveryQueued, key: deliveryId, payload })
      return 'accepted'
    }),

  /** Deletes at most `limit` messages older than `before` whose deliveries are over; gives their number. */
  deleteFinished: async (before: Date, limit: number): Promise<number> => {
    const deleted = await pool.query(
      `DELETE FROM messages WHERE id IN (
         SELECT id FROM messages m WHERE created_at < $1 AND NOT EXISTS (
           SELECT FROM deliveries d WHERE d.message_id = m.id AND d.finished_at IS NULL
         ) ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
       )`,
      [before, limit],
    )
    return deleted.rowCount ?? 0
  },

  /** When the oldest message was accepted; undefined where there is none. */
  findOldestCreatedAt: async (): Promise<Date | undefined> => {
    const { _min } = await prisma.message.aggregate({ _min: { createdAt: true } })
    return _min.createdAt ?? undefined
  },
})
