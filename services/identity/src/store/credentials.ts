/**
 * Passwords of users, as hashes. `version` settles the races: who changes a password names the one they have
 * checked, and what rests on a password that is no longer the present one does not happen.
 */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool } from 'pg'
import type { EmailKey } from '../domain/email-address.ts'
import type { DeviceHash, UserId } from '../domain/ids.ts'
import type { SignInCompletion } from '../domain/sign-in.ts'
import type { Account } from '../domain/user.ts'
import { rememberDevice } from './known-devices.ts'
import { toUser, type UserRow, userColumns } from './user-row.ts'

interface AccountRow extends UserRow {
  readonly passwordHash: string
  readonly credentialVersion: number
  readonly deviceKnown: boolean
}

// One statement for known and unknown addresses alike: their look-ups must cost the same.
const selectAccount = (condition: string): string => `
  SELECT ${userColumns}, c.password_hash AS "passwordHash", c.version AS "credentialVersion",
         d.user_id IS NOT NULL AS "deviceKnown"
    FROM users u
    JOIN password_credentials c ON c.user_id = u.id
    LEFT JOIN known_devices d ON d.user_id = u.id AND d.device_hash = $2
   WHERE ${condition} = $1`

const toAccount = (row: AccountRow): Account => ({
  user: toUser(row),
  credential: { passwordHash: row.passwordHash, version: row.credentialVersion },
  deviceKnown: row.deviceKnown,
})

export const createCredentials = ({ pool }: { pool: Pool }) => {
  const find = async (name: string, text: string, values: unknown[]): Promise<Account | undefined> => {
    const { rows } = await pool.query<AccountRow>({ name, text, values })
    return rows[0] === undefined ? undefined : toAccount(rows[0])
  }
  return {
    findByEmail: (emailKey: EmailKey, device: DeviceHash | undefined): Promise<Account | undefined> =>
      find('account-by-email', selectAccount('u.email_key'), [emailKey, device ?? null]),

    findByUser: (userId: UserId, device: DeviceHash | undefined): Promise<Account | undefined> =>
      find('account-by-id', selectAccount('u.id'), [userId, device ?? null]),

    /** Hashes of the latest `limit` passwords of the user, the present one first. */
    listHashes: async (userId: UserId, limit: number): Promise<readonly string[]> => {
      const { rows } = await pool.query<{ password_hash: string }>(
        `SELECT password_hash FROM (
           SELECT password_hash, NULL::timestamptz AS retired_at, NULL::uuid AS id
             FROM password_credentials WHERE user_id = $1
            UNION ALL
           SELECT password_hash, retired_at, id FROM password_history WHERE user_id = $1
         ) AS hashes ORDER BY retired_at DESC NULLS FIRST, id DESC LIMIT $2`,
        [userId, limit],
      )
      return rows.map(row => row.password_hash)
    },

    /**
     * A sign-in becomes one only here, after its session and tokens were made: false, and nothing is changed,
     * where the user has been disabled or deleted, or their password changed, since it was checked. A change that
     * this statement does not see yet ends the session afterwards.
     */
    completeSignIn: (completion: SignInCompletion): Promise<boolean> =>
      inTransaction(pool, async client => {
        const { userId, version, device, rehashed, at } = completion
        const { rowCount } = await client.query({
          name: 'complete-sign-in',
          text: `UPDATE users SET last_login_at = $3 WHERE id = $1 AND disabled_at IS NULL
                    AND EXISTS (SELECT FROM password_credentials WHERE user_id = $1 AND version = $2)`,
          values: [userId, version, at],
        })
        if (rowCount === 0) return false
        await rememberDevice(client, userId, device, at)
        if (rehashed !== undefined) {
          await client.query(
            'UPDATE password_credentials SET password_hash = $3 WHERE user_id = $1 AND version = $2',
            [userId, version, rehashed],
          )
        }
        return true
      }),
  }
}
