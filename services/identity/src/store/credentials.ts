/**
 * Passwords of users, as hashes. `version` settles the races: who changes a password names the one they have
 * checked, and what rests on a password that is no longer the present one does not happen.
 */
import type { Pool } from 'pg'
import type { EmailKey } from '../domain/email-address.ts'
import type { DeviceHash, UserId } from '../domain/ids.ts'
import type { Account } from '../domain/user.ts'
import { toUser, type UserRow, userColumns } from './user-row.ts'

interface AccountRow extends UserRow {
  readonly passwordHash: string | null
  readonly credentialVersion: number | null
  readonly versionWithoutPassword: number
  readonly isSuspended: boolean
  readonly deviceKnown: boolean
}

// One statement for known and unknown addresses alike: their look-ups must cost the same.
const selectAccount = (condition: string): string => `
  SELECT ${userColumns}, c.password_hash AS "passwordHash", c.version AS "credentialVersion",
         u.former_credential_version AS "versionWithoutPassword",
         c.reset_required_at IS NOT NULL AS "isSuspended",
         d.user_id IS NOT NULL AS "deviceKnown"
    FROM users u
    LEFT JOIN password_credentials c ON c.user_id = u.id
    LEFT JOIN known_devices d ON d.user_id = u.id AND d.device_hash = $2
   WHERE ${condition} = $1`

const toAccount = (row: AccountRow): Account => {
  const { passwordHash, credentialVersion, versionWithoutPassword, isSuspended, deviceKnown } = row
  const credential =
    passwordHash === null || credentialVersion === null
      ? undefined
      : { passwordHash, version: credentialVersion, isSuspended }
  return { user: toUser(row), credential, versionWithoutPassword, deviceKnown }
}

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

    /** The same password with today's parameters; nothing where `version` is no longer the present one. */
    rehash: async (userId: UserId, version: number, passwordHash: string): Promise<void> => {
      await pool.query(
        'UPDATE password_credentials SET password_hash = $3 WHERE user_id = $1 AND version = $2',
        [userId, version, passwordHash],
      )
    },
  }
}
