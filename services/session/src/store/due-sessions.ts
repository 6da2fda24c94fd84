/**
 * Sessions whose time to be looked at has come. One that was used meanwhile is put off to when it could be over
 * next; so the index that finds them moves once a lifetime, not with each use.
 */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { Ending } from '../domain/ending.ts'
import type { SessionId } from '../domain/ids.ts'
import { isOver, type Lifetime, overAtOf } from '../domain/lifetime.ts'
import { endLocked } from './endings.ts'

interface DueRow {
  readonly id: SessionId
  readonly ttl_seconds: number
  readonly last_accessed_at: Date
  readonly ends_at: Date
}

export interface Expiry {
  readonly at: Date
  readonly refreshTtlSeconds: number
  readonly batchSize: number
}

// What another replica cleans, or a sign-in holds, is skipped: it is someone else's, or comes again.
const lockDue = `
  SELECT id, ttl_seconds, last_accessed_at, ends_at FROM sessions
   WHERE ended_at IS NULL AND due_at <= $1
   ORDER BY due_at
   LIMIT $2
     FOR NO KEY UPDATE SKIP LOCKED`

const putOff = `
  UPDATE sessions s SET due_at = later.at
    FROM unnest($1::uuid[], $2::timestamptz[]) AS later (id, at)
   WHERE s.id = later.id`

const lifetimeOf = (row: DueRow): Lifetime => ({
  ttlSeconds: row.ttl_seconds,
  lastAccessedAt: row.last_accessed_at,
  endsAt: row.ends_at,
})

export const createDueSessions = ({ pool }: { pool: Pool }) => ({
  /** Ends what is over and gives those endings, and how many rows it looked at. */
  expire: ({
    at,
    refreshTtlSeconds,
    batchSize,
  }: Expiry): Promise<{ endings: readonly Ending[]; seen: number }> =>
    inTransaction(pool, async client => {
      const { rows } = await client.query<DueRow>(lockDue, [at, batchSize])
      const over = rows.filter(row => isOver(lifetimeOf(row), refreshTtlSeconds, at))
      const used = rows.filter(row => !over.includes(row))
      await putOffAll(client, used, refreshTtlSeconds)
      const targets = over.map(({ id }) => ({ id, reason: 'expired' as const }))
      return { endings: await endLocked(client, targets, at), seen: rows.length }
    }),

  /** When the first one that still waits became due; undefined where none does. */
  oldestDueAt: async (at: Date): Promise<Date | undefined> => {
    const { rows } = await pool.query<{ oldest: Date | null }>(
      'SELECT min(due_at) AS oldest FROM sessions WHERE ended_at IS NULL AND due_at <= $1',
      [at],
    )
    return rows[0]?.oldest ?? undefined
  },
})

const putOffAll = async (client: PoolClient, rows: readonly DueRow[], refreshTtlSeconds: number) => {
  if (rows.length === 0) return
  await client.query(putOff, [
    rows.map(({ id }) => id),
    rows.map(row => overAtOf(lifetimeOf(row), refreshTtlSeconds)),
  ])
}
