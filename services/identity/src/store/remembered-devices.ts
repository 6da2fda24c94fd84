/** Devices that are not asked for the second factor until some day, as long as nothing about the account's keys changes. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { DeviceHash, UserId } from '../domain/ids.ts'
import type { RememberedDevice } from '../domain/remembered-device.ts'
import type { Origin } from '../domain/sign-in.ts'

const dayMs = 86_400_000

const lockUser = 'SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE'

// With the lock: a change of the password or the factors that has forgotten all devices is seen.
const remember = `
  INSERT INTO remembered_devices (user_id, device_hash, user_agent, created_at, expires_at)
  SELECT user_id, device_hash, $3, $4, $5 FROM known_devices
   WHERE user_id = $1 AND device_hash = $2
     AND coalesce((SELECT version FROM password_credentials WHERE user_id = $1),
                  (SELECT former_credential_version FROM users WHERE id = $1)) = $6
  ON CONFLICT (user_id, device_hash) DO UPDATE
     SET user_agent = excluded.user_agent, created_at = excluded.created_at, expires_at = excluded.expires_at`

/** With any change of a password or a factor. */
export const forgetRememberedDevices = async (
  client: Pick<PoolClient, 'query'>,
  userId: UserId,
): Promise<void> => {
  await client.query('DELETE FROM remembered_devices WHERE user_id = $1', [userId])
}

/** @param days 0: none is remembered */
export const createRememberedDevices = ({ pool, days }: { pool: Pool; days: number }) => ({
  /** Only a device that the user is known to use: one whose sign-in has completed, and that no change has overtaken since. */
  remember: async (
    { userId, credentialVersion }: { readonly userId: UserId; readonly credentialVersion: number },
    { device, userAgent }: Origin,
    at: Date,
  ): Promise<void> => {
    if (days === 0) return
    const expiresAt = new Date(at.getTime() + days * dayMs)
    await inTransaction(pool, async client => {
      await client.query(lockUser, [userId])
      await client.query(remember, [userId, device, userAgent, at, expiresAt, credentialVersion])
    })
  },

  list: async (userId: UserId, at: Date): Promise<readonly RememberedDevice[]> => {
    const { rows } = await pool.query<RememberedDevice>(
      `SELECT device_hash AS device, user_agent AS "userAgent", created_at AS "createdAt", expires_at AS "expiresAt"
         FROM remembered_devices WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC`,
      [userId, at],
    )
    return rows
  },

  /** One that is not theirs, or not any more, is no news. */
  forget: async (userId: UserId, device: DeviceHash): Promise<void> => {
    await pool.query('DELETE FROM remembered_devices WHERE user_id = $1 AND device_hash = $2', [
      userId,
      device,
    ])
  },
})
