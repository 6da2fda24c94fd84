/**
 * The outbox table as the relay uses it. Time is Postgres' own, so replicas whose clocks differ agree. A lease is
 * nothing but `next_attempt_at` moved into the future: who dies with it loses it.
 */
import type pg from 'pg'

export interface OutboxRow {
  readonly id: string
  readonly kind: string
  readonly key: string
  readonly payload: unknown
  readonly createdAt: Date
  /** Which attempt this is, from 1. */
  readonly attempts: number
}

export interface Backlog {
  readonly pending: number
  /** 0 when nothing waits. */
  readonly oldestAgeSeconds: number
}

// Prepared, since it is asked for as long as the process lives: planning it takes twenty times as long as finding nothing.
// Kinds that this process has no handler for are left to one that has: an older release may run beside a newer.
const claim = `
  UPDATE outbox SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $3)
   WHERE id IN (
     SELECT id FROM outbox
      WHERE relayed_at IS NULL AND next_attempt_at <= now() AND kind = ANY ($1)
      ORDER BY next_attempt_at
      LIMIT $2
        FOR UPDATE SKIP LOCKED)
  RETURNING id, kind, key, payload, created_at AS "createdAt", attempts`

const markRelayed = 'UPDATE outbox SET relayed_at = now(), last_error = NULL WHERE id = $1'

// Only of the attempt that it was: when the lease ran out, the row may be another replica's by now.
const putBack = `
  UPDATE outbox SET next_attempt_at = now() + make_interval(secs => $3), last_error = $4
   WHERE id = $1 AND attempts = $2 AND relayed_at IS NULL`

const purge = `
  DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox
     WHERE relayed_at < now() - make_interval(secs => $1)
     LIMIT $2
       FOR UPDATE SKIP LOCKED)`

const backlog = `
  SELECT count(*)::int AS pending,
         coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS "oldestAgeSeconds"
    FROM outbox WHERE relayed_at IS NULL`

export const createOutboxRows = (pool: pg.Pool) => ({
  /** Leases up to `limit` rows that are due; no other relay gets them for `leaseSeconds`. */
  claim: async (kinds: readonly string[], limit: number, leaseSeconds: number): Promise<OutboxRow[]> =>
    (
      await pool.query<OutboxRow>({
        name: 'claim-outbox',
        text: claim,
        values: [kinds, limit, leaseSeconds],
      })
    ).rows,

  markRelayed: async ({ id }: OutboxRow): Promise<void> => {
    await pool.query({ name: 'mark-outbox-relayed', text: markRelayed, values: [id] })
  },

  putBack: async ({ id, attempts }: OutboxRow, delaySeconds: number, lastError: string): Promise<void> => {
    await pool.query(putBack, [id, attempts, delaySeconds, lastError])
  },

  /** Deletes up to `limit` rows that were relayed more than `afterSeconds` ago; gives how many. */
  purge: async (afterSeconds: number, limit: number): Promise<number> =>
    (await pool.query(purge, [afterSeconds, limit])).rowCount ?? 0,

  measure: async (): Promise<Backlog> => {
    const [row] = (await pool.query<Backlog>(backlog)).rows
    return row ?? { pending: 0, oldestAgeSeconds: 0 }
  },
})

export type OutboxRows = ReturnType<typeof createOutboxRows>
