/**
 * Endings: one conditional UPDATE settles who ended a session, and what must be told of it is written in the same
 * transaction. Ending an ended session changes and tells nothing.
 */
import { enqueue } from '@latchkey/outbox'
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { EndReason } from '../domain/end-reason.ts'
import type { EndAll, Ending, EndOne, PresentedToken } from '../domain/ending.ts'
import type { SessionId, UserId } from '../domain/ids.ts'
import { forgetAddresses, forgetFirstSeen } from './known-addresses.ts'
import { sessionEnded } from './session-ended-message.ts'
import { lockUser } from './user-lock.ts'

export type EndTarget = Pick<EndOne, 'id' | 'reason'>

interface EndedRow {
  readonly id: SessionId
  readonly user_id: UserId
  readonly end_reason: EndReason
  readonly original_ip: string | null
  readonly ip_address: string | null
}

const end = `
  WITH ended AS (
    UPDATE sessions s
       SET ended_at = $3, end_reason = target.reason
      FROM unnest($1::uuid[], $2::text[]) AS target (id, reason)
     WHERE s.id = target.id AND s.ended_at IS NULL
    RETURNING s.id, s.user_id, s.end_reason, s.original_ip, s.ip_address
  ), logged AS (
    INSERT INTO terminations (session_id, user_id, reason, original_ip, new_ip, at)
    SELECT id, user_id, end_reason, original_ip, ip_address, $3 FROM ended
  )
  SELECT * FROM ended`

/** Who changed the password from this session has proven both: it is as good as one that began with the new one. */
const keep = `
  UPDATE sessions SET credential_version = greatest(credential_version, $3)
   WHERE id = $1 AND user_id = $2 AND ended_at IS NULL`

/** Ends sessions whose rows the transaction has locked, or a single one. */
export const endLocked = async (
  client: PoolClient,
  targets: readonly EndTarget[],
  endedAt: Date,
  token?: PresentedToken,
): Promise<readonly Ending[]> => {
  if (targets.length === 0) return []
  const doubtful = targets.filter(({ reason }) => reason === 'unconfirmed' || reason === 'address_changed')
  if (doubtful.length > 0)
    await forgetAddresses(
      client,
      doubtful.map(({ id }) => id),
      'unproven',
    )
  const { rows } = await client.query<EndedRow>(end, [
    targets.map(({ id }) => id),
    targets.map(({ reason }) => reason),
    endedAt,
  ])
  const endings = rows.map(
    (row): Ending => ({
      sessionId: row.id,
      userId: row.user_id,
      reason: row.end_reason,
      originalIp: row.original_ip ?? undefined,
      newIp: row.ip_address ?? undefined,
      endedAt,
    }),
  )
  for (const ending of endings) await enqueue(client, sessionEnded(ending, token))
  return endings
}

const forgetOfOwner = async (
  client: PoolClient,
  id: SessionId,
  userId: UserId | undefined,
): Promise<void> => {
  const { rowCount } = await client.query(
    'SELECT FROM sessions WHERE id = $1 AND ($2::uuid IS NULL OR user_id = $2)',
    [id, userId ?? null],
  )
  if (rowCount === 1) await forgetAddresses(client, [id], 'all')
}

export const createEndings = ({ pool }: { pool: Pool }) => ({
  /** The ending, or undefined where there was nothing to end. */
  endOne: ({ id, reason, at, userId, unlessRenewed = false, token }: EndOne): Promise<Ending | undefined> =>
    inTransaction(pool, async client => {
      const { rows } = await client.query<{ id: SessionId }>(
        `SELECT id FROM sessions
          WHERE id = $1 AND ended_at IS NULL AND ($2::uuid IS NULL OR user_id = $2) AND NOT ($3 AND renewed_at IS NOT NULL)
            FOR NO KEY UPDATE`,
        [id, userId ?? null, unlessRenewed],
      )
      // True of a session that ended before, too. After its row, as everywhere: a sign-in locks it first and the address then.
      if (reason === 'not_me') await forgetOfOwner(client, id, userId)
      // Its account may be gone, or its proof have been outdated: nobody is known by it.
      if (reason === 'sign_in_failed' && rows.length > 0) await forgetFirstSeen(client, id)
      const targets = rows.map(row => ({ id: row.id, reason }))
      const [ending] = await endLocked(client, targets, at, token)
      return ending
    }),

  /** A sign-in that is under way is waited for, and ended too. */
  endAllOf: ({ userId, except, belowCredentialVersion, reason, at }: EndAll): Promise<readonly Ending[]> =>
    inTransaction(pool, async client => {
      await lockUser(client, userId)
      const { rows } = await client.query<{ id: SessionId }>(
        `SELECT id FROM sessions
          WHERE user_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $2 AND ($3 = 0 OR credential_version < $3)
          ORDER BY id
            FOR NO KEY UPDATE`,
        [userId, except ?? null, belowCredentialVersion],
      )
      if (except !== undefined) await client.query(keep, [except, userId, belowCredentialVersion])
      // With the rows locked: no sign-in proves an address after this.
      if (reason === 'account_deleted')
        await client.query('DELETE FROM known_addresses WHERE user_id = $1', [userId])
      return endLocked(
        client,
        rows.map(row => ({ id: row.id, reason })),
        at,
      )
    }),
})
