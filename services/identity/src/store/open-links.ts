/**
 * Links and codes in mails that could let somebody in, or change how. They die when the password, the address or the state of the
 * account changes: whoever was in may have asked for them.
 */
import type { PoolClient } from 'pg'
import type { UserId } from '../domain/ids.ts'

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
