/**
 * The word that tokens are to say something else about somebody, written with the change that makes it so. Each raises the
 * user's version: what was read before it never takes the place of what was read after.
 */
import type { Pool, PoolClient } from 'pg'
import type { UserId } from '../domain/ids.ts'
import { tell } from './outbox-messages.ts'

/** As many snapshots as the token service takes in one call. */
const atOnce = 100

/** Of one user, whose row this locks. False where there is no such user. */
export const tellSubjectChanged = async (client: PoolClient, userId: UserId): Promise<boolean> => {
  const raised = await client.query('UPDATE users SET version = version + 1 WHERE id = $1', [userId])
  if (raised.rowCount === 0) return false
  await tell(client, 'subject.updated', userId, { userId })
  return true
}

/**
 * Of everybody whom a change of a role or an organization concerns, a hundred a row: their versions are raised when the
 * row is relayed, so that no transaction locks ten thousand users.
 *
 * @param userIds a statement that gives them as `user_id`, with parameters from $3 on
 */
export const tellSubjectsChanged = async (
  client: PoolClient,
  key: string,
  userIds: string,
  values: readonly unknown[],
): Promise<void> => {
  const text = `
    INSERT INTO outbox (id, kind, key, payload)
    SELECT gen_random_uuid(), 'subjects.updated', $1, jsonb_build_object('userIds', jsonb_agg(user_id ORDER BY user_id))
      FROM (SELECT user_id, (row_number() OVER (ORDER BY user_id) - 1) / $2 AS batch FROM (${userIds}) AS concerned)
           AS numbered
     GROUP BY batch`
  await client.query(text, [key, atOnce, ...values])
}

export const createSubjectVersions = ({ pool }: { pool: Pool }) => ({
  /** Locks the rows in one order, whoever else does so at once. */
  raise: async (userIds: readonly UserId[]): Promise<void> => {
    await pool.query(
      `UPDATE users SET version = version + 1
        WHERE id IN (SELECT id FROM users WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE)`,
      [userIds],
    )
  },
})
