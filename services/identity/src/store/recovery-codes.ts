/** Recovery codes, by their hashes: a set at a time, each used once. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { RecoveryCodeHash, UserId } from '../domain/ids.ts'
import { type FactorChange, lockFactorOwner } from './factor-changes.ts'
import { aMessage, tell } from './outbox-messages.ts'

const use = `
  UPDATE recovery_codes SET used_at = $3 WHERE code_hash = $2 AND user_id = $1 AND used_at IS NULL`

const insert = `
  INSERT INTO recovery_codes (code_hash, user_id, created_at) SELECT hash, $1, $3 FROM unnest($2::text[]) AS hash`

// Without one, codes would lie there for the next factor, known to whoever drew them.
const hasFactor = `
  SELECT WHERE EXISTS (SELECT FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL)
            OR EXISTS (SELECT FROM passkeys WHERE user_id = $1)`

const isSet = 'SELECT FROM recovery_codes WHERE user_id = $1 AND code_hash = ANY ($2)'

const count = `
  SELECT count(*) FILTER (WHERE used_at IS NULL)::int AS left, max(created_at) AS "createdAt"
    FROM recovery_codes WHERE user_id = $1`

const countCodes = async (
  client: Pick<PoolClient, 'query'>,
  userId: UserId,
): Promise<{ readonly left: number; readonly createdAt: Date } | undefined> => {
  const { rows } = await client.query<{ left: number; createdAt: Date | null }>(count, [userId])
  const [row] = rows
  return row === undefined || row.createdAt === null
    ? undefined
    : { left: row.left, createdAt: row.createdAt }
}

export const createRecoveryCodes = ({ pool }: { pool: Pool }) => ({
  /**
   * In the place of all that there were. False, and nothing is changed, where there is no factor that they stand in for, in a
   * session that has been ended, where the set is another one than `replaces` says (null: none; undefined: whichever), and,
   * with `onlyIfNone`, where some are left.
   */
  replace: (
    { userId, sessionId }: FactorChange,
    hashes: readonly RecoveryCodeHash[],
    at: Date,
    { onlyIfNone, replaces }: { readonly onlyIfNone: boolean; readonly replaces: Date | null | undefined },
  ): Promise<boolean> =>
    inTransaction(pool, async client => {
      const recipient = await lockFactorOwner(client, userId, sessionId)
      if (recipient === undefined || (await client.query(hasFactor, [userId])).rowCount === 0) return false
      // Of a form that comes twice: what has been used of the set stays used.
      if (((await client.query(isSet, [userId, hashes])).rowCount ?? 0) > 0) return true
      const present = await countCodes(client, userId)
      if (onlyIfNone && (present?.left ?? 0) > 0) return false
      if (replaces !== undefined && present?.createdAt.getTime() !== replaces?.getTime()) return false
      const { rowCount } = await client.query('DELETE FROM recovery_codes WHERE user_id = $1', [userId])
      await client.query(insert, [userId, hashes, at])
      // The first ones come with the factor that they stand in for, of which its owner is told.
      if ((rowCount ?? 0) > 0)
        await tell(
          client,
          'message.send',
          userId,
          aMessage({ template: 'recovery_codes_renewed', recipient }),
        )
      return true
    }),

  /** False where it is none of theirs, or was used. Its owner is told. */
  use: (userId: UserId, hash: RecoveryCodeHash, at: Date): Promise<boolean> =>
    inTransaction(pool, async client => {
      const recipient = await lockFactorOwner(client, userId)
      if (recipient === undefined) return false
      const { rowCount } = await client.query(use, [userId, hash, at])
      if (rowCount === 0) return false
      await tell(client, 'message.send', userId, aMessage({ template: 'recovery_code_used', recipient }))
      return true
    }),

  /** Undefined where there never was a set, or it went with the last factor. */
  count: (userId: UserId) => countCodes(pool, userId),
})
