/** Reset tokens, by their hash. What consumes one is in `password-changes.ts`. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool } from 'pg'
import type { EmailKey } from '../domain/email-address.ts'
import type { ResetTokenHash } from '../domain/ids.ts'
import type { NewPasswordReset } from '../domain/password-reset.ts'
import type { User } from '../domain/user.ts'
import { aMessage, tell } from './outbox-messages.ts'
import { toUser, type UserRow, userColumns } from './user-row.ts'

const insert = `
  INSERT INTO password_resets (token_hash, request_id, user_id, created_at, expires_at)
  SELECT $1, $2, $3, $4, $5
   WHERE (SELECT count(*) FROM password_resets WHERE user_id = $3 AND created_at > $4::timestamptz - interval '1 hour') < $6
  ON CONFLICT (request_id) DO NOTHING`

export const createPasswordResets = ({ pool, mailsPerHour }: { pool: Pool; mailsPerHour: number }) => ({
  /**
   * Costs the same for every address: whose it is comes out later, when the row is relayed. Not at once either (no
   * nudge): what a known address costs then must not show in the time of the next answer.
   */
  request: (emailKey: EmailKey, locale: string): Promise<void> =>
    inTransaction(pool, async client => {
      await tell(client, 'password_reset.requested', emailKey, { emailKey, locale })
    }),

  /** Stores the token and hands over its mail; false where this request has had its mail, or the user too many. */
  create: (reset: NewPasswordReset): Promise<boolean> =>
    inTransaction(pool, async client => {
      const { requestId, user, tokenHash, sealedData, locale, at, expiresAt } = reset
      // Requests that are relayed at once count each other.
      await client.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [user.id])
      const values = [tokenHash, requestId, user.id, at, expiresAt, mailsPerHour]
      const { rowCount } = await client.query(insert, values)
      if (rowCount === 0) return false
      const message = aMessage({
        template: 'password_reset',
        recipient: user.email,
        locale,
        sealedData,
        expiresAt: expiresAt.toISOString(),
      })
      await tell(client, 'message.send', user.id, message)
      return true
    }),

  /** Whose a token is, without using it; undefined where it would not be accepted. */
  findOwner: async (tokenHash: ResetTokenHash, at: Date): Promise<User | undefined> => {
    const { rows } = await pool.query<UserRow>(
      `SELECT ${userColumns} FROM password_resets r JOIN users u ON u.id = r.user_id
        WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.expires_at > $2 AND u.disabled_at IS NULL`,
      [tokenHash, at],
    )
    return rows[0] === undefined ? undefined : toUser(rows[0])
  },
})
