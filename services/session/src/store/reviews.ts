/** Sessions under review: what their owner confirms, what nobody confirmed, and what has to be told again. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { Ending } from '../domain/ending.ts'
import type { SessionId, UserId } from '../domain/ids.ts'
import { endLocked } from './endings.ts'
import { proveAddress } from './known-addresses.ts'
import { type SessionFlagged, toSessionFlagged } from './session-flagged-message.ts'
import { type SessionRow, sessionColumns, toSession } from './session-row.ts'

export interface Confirmation {
  readonly sessionId: SessionId
  readonly userId: UserId
  /** Only the review of that instant; undefined: whichever is open. */
  readonly flaggedAt: Date | undefined
  /** Where the owner proved who they are; undefined: they vouch for wherever the session was. */
  readonly ipAddress: string | undefined
  readonly at: Date
}

const lock = `
  SELECT s.review_at, s.ip_address, s.review_until IS NOT NULL AND s.review_until > $3 AS "isInReview"
    FROM sessions s
   WHERE s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL
     FOR NO KEY UPDATE`

interface LockedRow {
  readonly review_at: Date | null
  readonly ip_address: string | null
  readonly isInReview: boolean
}

const clear = `
  UPDATE sessions s
     SET review_reason = NULL, review_at = NULL, review_until = NULL, address_changes = 0, address_changes_since = NULL
   WHERE s.id = $1
  RETURNING ${sessionColumns}`

const proveAll = `
  UPDATE known_addresses SET proven_at = $2 WHERE user_id = $3 AND session_id = $1 AND proven_at IS NULL`

/** Somebody who proves who they are at home says nothing about the session's use elsewhere. */
const wasProven = async (client: PoolClient, { userId, ipAddress }: Confirmation): Promise<boolean> => {
  const { rowCount } = await client.query(
    'SELECT FROM known_addresses WHERE user_id = $1 AND address = $2 AND proven_at IS NOT NULL',
    [userId, ipAddress ?? null],
  )
  return rowCount === 1
}

const prove = async (client: PoolClient, { userId, sessionId, ipAddress, at }: Confirmation) => {
  if (ipAddress === undefined) await client.query(proveAll, [sessionId, at, userId])
  else await proveAddress(client, { userId, sessionId, address: ipAddress, at })
}

export const createReviews = ({ pool }: { pool: Pool }) => ({
  /** The session, no longer under review; undefined where there was no review that this could end. */
  confirm: (confirmation: Confirmation) =>
    inTransaction(pool, async client => {
      const { sessionId, userId, flaggedAt, ipAddress, at } = confirmation
      const [row] = (await client.query<LockedRow>(lock, [sessionId, userId, at])).rows
      if (row === undefined) return undefined
      const isElsewhere = ipAddress !== undefined && (await wasProven(client, confirmation))
      await prove(client, confirmation)
      const isOther = flaggedAt !== undefined && flaggedAt.getTime() !== row.review_at?.getTime()
      if (!row.isInReview || isElsewhere || isOther) return undefined
      const [cleared] = (await client.query<SessionRow>(clear, [sessionId])).rows
      return cleared === undefined ? undefined : toSession(cleared)
    }),

  /** Ends those whose grace has passed, at most `batchSize` of them. */
  endUnconfirmed: (at: Date, batchSize: number): Promise<readonly Ending[]> =>
    inTransaction(pool, async client => {
      const { rows } = await client.query<{ id: SessionId }>(
        `SELECT id FROM sessions WHERE ended_at IS NULL AND review_until <= $1
          ORDER BY id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
        [at, batchSize],
      )
      const targets = rows.map(({ id }) => ({ id, reason: 'unconfirmed' as const }))
      return endLocked(client, targets, at)
    }),

  /** Those that are open, or were until lately: their owners may not have been asked yet. */
  flaggedSince: async (since: Date): Promise<readonly SessionFlagged[]> => {
    const { rows } = await pool.query<SessionRow & { device_id: string | null }>(
      `SELECT ${sessionColumns}, s.device_id FROM sessions s
        WHERE s.review_until > $1 ORDER BY s.review_until LIMIT 10000`,
      [since],
    )
    return rows.flatMap(row => {
      const { id, userId, review } = toSession(row)
      const deviceId = row.device_id ?? undefined
      return review === undefined ? [] : [toSessionFlagged({ id, userId, deviceId, review })]
    })
  },
})
