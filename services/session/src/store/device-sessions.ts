/** A user's sessions as a sign-in looks at them. */
import type { Pool, PoolClient } from 'pg'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { SeenSession } from '../domain/sign-in.ts'

// xmin names the version of a row: whatever is changed in it, it is another one then. A mere lock leaves it as it is.
const columns = `id, device_id, device_confirmed, fingerprint, credential_version, ttl_seconds, last_accessed_at, ends_at,
         review_until IS NOT NULL AS is_in_review, xmin::text AS version`

// Without an upper limit on sessions there is still one on what a sign-in looks at: the latest thousand.
const latest = (selected: string): string => `
  SELECT ${selected}
    FROM sessions
   WHERE user_id = $1 AND ended_at IS NULL
   ORDER BY last_accessed_at DESC
   LIMIT 1000`

const see = latest(columns)

// By id, in one order for all, so that those who lock the same sessions never deadlock.
const lock = `
  SELECT ${columns}
    FROM sessions
   WHERE ended_at IS NULL AND id IN (${latest('id')})
   ORDER BY id
     FOR NO KEY UPDATE`

interface DeviceSessionRow {
  readonly id: SessionId
  readonly device_id: string | null
  readonly device_confirmed: boolean
  readonly fingerprint: string
  readonly credential_version: number
  readonly ttl_seconds: number
  readonly last_accessed_at: Date
  readonly ends_at: Date
  readonly is_in_review: boolean
  readonly version: string
}

const toSeenSession = (row: DeviceSessionRow): SeenSession => ({
  id: row.id,
  deviceId: row.device_id ?? undefined,
  deviceConfirmed: row.device_confirmed,
  fingerprint: row.fingerprint,
  credentialVersion: row.credential_version,
  ttlSeconds: row.ttl_seconds,
  lastAccessedAt: row.last_accessed_at,
  endsAt: row.ends_at,
  isInReview: row.is_in_review,
  version: row.version,
})

const read = async (
  client: Pick<Pool | PoolClient, 'query'>,
  statement: { readonly name: string; readonly text: string },
  userId: UserId,
): Promise<readonly SeenSession[]> => {
  const { rows } = await client.query<DeviceSessionRow>({ ...statement, values: [userId] })
  return rows.map(toSeenSession)
}

/** Those that have not ended. They may change at once. */
export const seeSessions = (pool: Pool, userId: UserId): Promise<readonly SeenSession[]> =>
  read(pool, { name: 'see-sessions', text: see }, userId)

/** Those that have not ended. They stay as they are until the transaction ends. */
export const lockSessions = (client: PoolClient, userId: UserId): Promise<readonly SeenSession[]> =>
  read(client, { name: 'lock-sessions', text: lock }, userId)
