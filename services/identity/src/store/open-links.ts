/**
 * Links and codes in mails that could let somebody in, or change how. They die when the password, the address or the state of the
 * account changes: whoever was in may have asked for them.
 */
import type { PoolClient } from 'pg'
import type { SessionId, UserId } from '../domain/ids.ts'

/** Needs the lock on the user's row. What only verifies the present address stays. */
export const endOpenLinks = async (client: PoolClient, userId: UserId, at: Date): Promise<void> => {
  await client.query('DELETE FROM password_resets WHERE user_id = $1 AND used_at IS NULL', [userId])
  await client.query(
    "DELETE FROM email_proofs WHERE user_id = $1 AND used_at IS NULL AND purpose <> 'verification'",
    [userId],
  )
  await client.query('UPDATE email_changes SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL', [
    userId,
    at,
  ])
}

// By the clock of the database: what ends sessions does not always know the time.
const endChanges = 'UPDATE email_changes SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL'

/**
 * Changes of address that were asked for in another session than the one that goes on: an address that was never verified is
 * not asked, so that whoever was in could say yes alone, and come back by it. Needs the lock on the user's row.
 */
export const endOtherEmailChanges = async (
  client: PoolClient,
  userId: UserId,
  exceptSessionId: SessionId | undefined,
): Promise<void> => {
  await client.query(`${endChanges} AND session_id IS DISTINCT FROM $2`, [userId, exceptSessionId ?? null])
}

/** The change that was asked for in one session. Needs the lock on the user's row. */
export const endEmailChangeOf = async (
  client: PoolClient,
  userId: UserId,
  sessionId: SessionId,
): Promise<void> => {
  await client.query(`${endChanges} AND session_id = $2`, [userId, sessionId])
}
