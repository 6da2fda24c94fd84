/** Passwords for accounts that were made for somebody to come: those that nobody can sign in to. */
import type { Pool } from 'pg'
import type { UserId } from '../domain/ids.ts'

const awaited = `
  u.id = $1 AND u.disabled_at IS NULL AND u.last_login_at IS NULL
  AND NOT EXISTS (SELECT FROM password_credentials p WHERE p.user_id = u.id)
  AND NOT EXISTS (SELECT FROM external_accounts e WHERE e.user_id = u.id)
  AND NOT EXISTS (SELECT FROM passkeys k WHERE k.user_id = u.id)`

export const createFirstPasswords = ({ pool }: { pool: Pool }) => ({
  isAwaited: async (userId: UserId): Promise<boolean> =>
    (await pool.query(`SELECT FROM users u WHERE ${awaited}`, [userId])).rowCount === 1,

  set: async (userId: UserId, passwordHash: string, at: Date): Promise<void> => {
    await pool.query(
      `INSERT INTO password_credentials (user_id, password_hash, changed_at)
       SELECT u.id, $2, $3 FROM users u WHERE ${awaited} ON CONFLICT (user_id) DO NOTHING`,
      [userId, passwordHash, at],
    )
  },
})
