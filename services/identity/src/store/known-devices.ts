/** Devices that a user has signed in from. A user keeps the latest few; the cleanup forgets those long unused. */
import type { PoolClient } from 'pg'
import type { DeviceHash, UserId } from '../domain/ids.ts'

// More than anybody uses, few enough that nobody fills the table by signing in without cookies.
const devicesPerUser = 20

const forgetOldest = `
  DELETE FROM known_devices WHERE user_id = $1 AND device_hash IN (
    SELECT device_hash FROM known_devices WHERE user_id = $1 ORDER BY last_seen_at DESC, device_hash OFFSET $2)`

type Client = Pick<PoolClient, 'query'>

/** After the commit of the device that is new: so the last of several at once sees them all. */
export const forgetOldestDevices = async (client: Client, userId: UserId): Promise<void> => {
  await client.query({ name: 'forget-oldest-devices', text: forgetOldest, values: [userId, devicesPerUser] })
}

/** Of an account that is new: every sign-in remembers its device itself. */
export const rememberFirstDevice = async (
  client: Client,
  userId: UserId,
  device: DeviceHash,
  seenAt: Date,
): Promise<void> => {
  await client.query(
    'INSERT INTO known_devices (user_id, device_hash, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $3)',
    [userId, device, seenAt],
  )
}
