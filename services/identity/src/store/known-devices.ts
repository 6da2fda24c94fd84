/** Devices that a user has signed in from. A user keeps the latest few; `cleanup.ts` forgets those long unused. */
import type { PoolClient } from 'pg'
import type { DeviceHash, UserId } from '../domain/ids.ts'

// More than anybody uses, few enough that nobody fills the table by signing in without cookies.
const devicesPerUser = 20

const upsert = `
  INSERT INTO known_devices (user_id, device_hash, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $3)
  ON CONFLICT (user_id, device_hash) DO UPDATE SET last_seen_at = greatest(known_devices.last_seen_at, $3)
  RETURNING first_seen_at = $3 AS "isNew"`

const forgetOldest = `
  DELETE FROM known_devices WHERE user_id = $1 AND device_hash IN (
    SELECT device_hash FROM known_devices WHERE user_id = $1 ORDER BY last_seen_at DESC, device_hash OFFSET $2)`

export const rememberDevice = async (
  client: Pick<PoolClient, 'query'>,
  userId: UserId,
  device: DeviceHash,
  seenAt: Date,
): Promise<void> => {
  const { rows } = await client.query<{ isNew: boolean }>({
    name: 'remember-device',
    text: upsert,
    values: [userId, device, seenAt],
  })
  if (rows[0]?.isNew === true) await client.query(forgetOldest, [userId, devicesPerUser])
}
