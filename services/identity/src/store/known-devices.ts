/** Devices that a user has signed in from. A user keeps the latest few; the cleanup forgets those long unused. */
import type { PoolClient } from 'pg'
import type { DeviceHash, UserId } from '../domain/ids.ts'

/** More than anybody uses, few enough that nobody fills the table by signing in without cookies. */
export const devicesPerUser = 20

type Client = Pick<PoolClient, 'query'>

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
