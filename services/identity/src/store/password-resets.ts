/** Reset tokens, by their hash. What consumes one is in `password-changes.ts`. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool } from 'pg'
import type { EmailKey } from '../domain/email-address.ts'
import type { ResetTokenHash } from '../domain/ids.ts'
import type { NewPasswordReset } from '../domain/password-reset.ts'
import type { User } from '../domain/user.ts'
import type { PostAskedMail } from './asked-mails.ts'
import { aMessage, tell } from './outbox-messages.ts'
import { toUser, type UserRow, userColumns } from './user-row.ts'

// The owner who disowned a session gets a mail whatever others have asked for; at sign-ins with a password that is of no
// use, another one only once the last is too old.
const insert = `
  INSERT INTO password_resets (token_hash, request_id, user_id, created_at, expires_at)
  SELECT $1, $2, $3, $4, $5
   WHERE CASE $7
     WHEN 'not_me' THEN true
     WHEN 'suspended' THEN NOT EXISTS (SELECT FROM password_resets WHERE user_id = $3 AND used_at IS NULL AND expires_at > $4)
     ELSE (SELECT count(*) FROM password_resets WHERE user_id = $3 AND created_at > $4::timestamptz - interval '1 hour') < $6
     END
  ON CONFLICT (request_id) DO NOTHING`

export interface PasswordResetsInit {
  readonly pool: Pool
  readonly postMail: PostAskedMail
  readonly mailsPerHour: number
}

export const createPasswordResets = ({ pool, postMail, mailsPerHour }: PasswordResetsInit) => ({
  /**
   * Costs the same for every address: whose it is comes out later, when the row is relayed. Not at once either (no
   * nudge): what a known address costs then must not show in the time of the next answer.
   */
  request: (emailKey: EmailKey, locale: string, askedFrom: string): Promise<void> =>
    inTransaction(pool, async client => {
      await tell(client, 'password_reset.requested', emailKey, { emailKey, locale, askedFrom })
    }),

  /** For a password that can't be used until it is reset. */
  remind: (emailKey: EmailKey): Promise<void> =>
    inTransaction(pool, async client => {
      await tell(client, 'password_reset.requested', emailKey, { emailKey, locale: '', cause: 'suspended' })
    }),

  /** Stores the token and hands over its mail; false where this request has had its mail, or the user or who asked too many. */
  create: (reset: NewPasswordReset): Promise<boolean> =>
    inTransaction(pool, async client => {
      const { requestId, cause, user, tokenHash, sealedData, locale, at, expiresAt } = reset
      // Requests that are relayed at once count each other.
      await client.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [user.id])
      const values = [tokenHash, requestId, user.id, at, expiresAt, mailsPerHour, cause]
      const { rowCount } = await client.query(insert, values)
      if (rowCount === 0) return false
      const mail = { recipient: user.email, locale, sealedData, expiresAt: expiresAt.toISOString() }
      if (cause === 'forgotten') {
        const { askedFrom } = reset
        return postMail(client, { ...mail, template: 'password_reset', subject: user.id, askedFrom, at })
      }
      await tell(client, 'message.send', user.id, aMessage({ ...mail, template: 'password_reset_required' }))
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
