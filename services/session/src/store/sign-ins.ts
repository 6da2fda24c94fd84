/**
 * A sign-in as one transaction: the user's sessions are locked, the rules decide with nothing moving under them,
 * and what they decide is written. Sign-ins of one user wait for each other, in every replica.
 */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { SessionId } from '../domain/ids.ts'
import type { DeviceSession, SignedIn, SignIn } from '../domain/sign-in.ts'
import { endLocked } from './endings.ts'
import { proveAddress } from './known-addresses.ts'
import { type SessionRow, sessionColumns, toSession } from './session-row.ts'
import { lockUser } from './user-lock.ts'

// Without an upper limit on sessions there is still one on what a sign-in looks at: the latest thousand.
const lockSessions = `
  SELECT id, device_id, device_confirmed, fingerprint, credential_version, ttl_seconds, last_accessed_at, ends_at,
         review_until IS NOT NULL AS is_in_review
    FROM sessions
   WHERE ended_at IS NULL AND id IN (
           SELECT id FROM sessions
            WHERE user_id = $1 AND ended_at IS NULL
            ORDER BY last_accessed_at DESC
            LIMIT 1000)
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
}

const toDeviceSession = (row: DeviceSessionRow): DeviceSession => ({
  id: row.id,
  deviceId: row.device_id ?? undefined,
  deviceConfirmed: row.device_confirmed,
  fingerprint: row.fingerprint,
  credentialVersion: row.credential_version,
  ttlSeconds: row.ttl_seconds,
  lastAccessedAt: row.last_accessed_at,
  endsAt: row.ends_at,
  isInReview: row.is_in_review,
})

const begin = `
  INSERT INTO sessions AS s (id, user_id, device_id, device_confirmed, fingerprint, user_agent, original_ip,
    ip_address, remember_me, ttl_seconds, created_at, last_accessed_at, ends_at, due_at, credential_version, ip_since)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $10, $11, $12, $13, $10)
  RETURNING ${sessionColumns}`

const renew = `
  UPDATE sessions s
     SET device_id = coalesce($3, s.device_id), device_confirmed = s.device_confirmed OR $4, fingerprint = $5,
         user_agent = $6, original_ip = $7, ip_address = $7, remember_me = $8, ttl_seconds = $9,
         renewed_at = $10, last_accessed_at = $10, ends_at = $11, due_at = $12,
         credential_version = greatest(s.credential_version, $13),
         ip_since = $10, address_changes = 0, address_changes_since = NULL
   WHERE s.id = $1 AND s.user_id = $2
  RETURNING ${sessionColumns}`

const write = async (client: PoolClient, signIn: SignIn, renewed: SessionId | undefined) => {
  const { device, client: from, lifetime } = signIn
  const statement =
    renewed === undefined ? { name: 'begin-session', text: begin } : { name: 'renew-session', text: renew }
  const values = [
    renewed ?? signIn.newId,
    signIn.userId,
    device.deviceId ?? null,
    device.isKnown,
    device.fingerprint,
    from.userAgent,
    from.ipAddress ?? null,
    signIn.rememberMe,
    lifetime.ttlSeconds,
    signIn.at,
    lifetime.endsAt,
    signIn.dueAt,
    device.credentialVersion,
  ]
  const { rows } = await client.query<SessionRow>({ ...statement, values })
  const [row] = rows
  if (row === undefined) throw new Error('a session that was locked is gone')
  if (from.ipAddress !== undefined)
    await proveAddress(client, {
      userId: signIn.userId,
      sessionId: row.id,
      address: from.ipAddress,
      at: signIn.at,
    })
  return toSession(row)
}

export const createSignIns = ({ pool }: { pool: Pool }) => ({
  signIn: (signIn: SignIn): Promise<SignedIn> =>
    inTransaction(pool, async client => {
      await lockUser(client, signIn.userId)
      const { rows } = await client.query<DeviceSessionRow>({
        name: 'lock-sessions',
        text: lockSessions,
        values: [signIn.userId],
      })
      const plan = signIn.plan(rows.map(toDeviceSession))
      const endings = await endLocked(client, plan.end, signIn.at)
      const session = await write(client, signIn, plan.renew)
      return { session, renewed: plan.renew !== undefined, endings, aboveLimit: plan.aboveLimit }
    }),
})
