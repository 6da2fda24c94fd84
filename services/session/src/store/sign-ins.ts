/**
 * A sign-in as one transaction: the user's sessions are locked, the rules decide with nothing moving under them,
 * and what they decide is written. Sign-ins of one user wait for each other, in every replica. All but the usual one: a
 * device that comes back has its session renewed in one statement.
 */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { UserId } from '../domain/ids.ts'
import type { Session } from '../domain/session.ts'
import type { SeenSession, SignedIn, SignIn } from '../domain/sign-in.ts'
import { lockSessions, seeSessions } from './device-sessions.ts'
import { endLocked } from './endings.ts'
import { proofOf } from './known-addresses.ts'
import { type SessionRow, sessionColumns, toSession } from './session-row.ts'
import { lockUser } from './user-lock.ts'

const andProve = (statement: string): string => `
  WITH signed_in AS (${statement}), proven AS (${proofOf('signed_in')})
  SELECT * FROM signed_in`

const begin = andProve(`
  INSERT INTO sessions AS s (id, user_id, device_id, device_confirmed, fingerprint, user_agent, original_ip,
    ip_address, remember_me, ttl_seconds, created_at, last_accessed_at, ends_at, due_at, credential_version, ip_since)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $10, $11, $12, $13, $10)
  RETURNING ${sessionColumns}`)

// Like a use, it moves due_at no further: the cleanup does, and no index has to hold the row's new version.
const renew = andProve(`
  UPDATE sessions s
     SET device_id = coalesce($3, s.device_id), device_confirmed = s.device_confirmed OR $4, fingerprint = $5,
         user_agent = $6, original_ip = $7, ip_address = $7, remember_me = $8, ttl_seconds = $9,
         renewed_at = $10, last_accessed_at = $10, ends_at = $11, due_at = least(s.due_at, $12),
         credential_version = greatest(s.credential_version, $13),
         ip_since = $10, address_changes = 0, address_changes_since = NULL
   WHERE s.id = $1 AND s.user_id = $2 AND s.xmin = $14::xid
  RETURNING ${sessionColumns}`)

/** Undefined where it would renew a session that is no longer as it was seen. */
const write = async (
  client: Pick<Pool | PoolClient, 'query'>,
  signIn: SignIn,
  renewed: SeenSession | undefined,
): Promise<Session | undefined> => {
  const { device, client: from, lifetime } = signIn
  const values = [
    renewed?.id ?? signIn.newId,
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
  const statement =
    renewed === undefined
      ? { name: 'begin-session', text: begin, values }
      : { name: 'renew-session', text: renew, values: [...values, renewed.version] }
  const [row] = (await client.query<SessionRow>(statement)).rows
  return row === undefined ? undefined : toSession(row)
}

export const createSignIns = ({ pool }: { pool: Pool }) => ({
  /** The user's sessions that have not ended; they may change at once. */
  see: (userId: UserId): Promise<readonly SeenSession[]> => seeSessions(pool, userId),

  /**
   * Renews a session that was seen, where the rules ask for that and nothing else; undefined where they ask for more, or
   * the session has changed since in any way.
   *
   * The user is not locked for it. It makes the sessions no more than they were, so the limit holds. Whoever ends
   * sessions locks their rows first: either they have done so, and this one is found changed, or they wait, and find it
   * renewed (with an address proven by then, for the deletion of an account to forget). So the outcome is that of one
   * after the other.
   */
  renewSeen: async (signIn: SignIn, seen: readonly SeenSession[]): Promise<SignedIn | undefined> => {
    const plan = signIn.plan(seen)
    const own = seen.find(({ id }) => id === plan.renew)
    if (own === undefined || plan.end.length > 0) return undefined
    const session = await write(pool, signIn, own)
    return session && { session, renewed: true, endings: [], aboveLimit: plan.aboveLimit }
  },

  signIn: (signIn: SignIn): Promise<SignedIn> =>
    inTransaction(pool, async client => {
      await lockUser(client, signIn.userId)
      const locked = await lockSessions(client, signIn.userId)
      const plan = signIn.plan(locked)
      const endings = await endLocked(client, plan.end, signIn.at)
      const own = locked.find(({ id }) => id === plan.renew)
      const session = await write(client, signIn, own)
      if (session === undefined) throw new Error('a session that was locked is gone')
      return { session, renewed: own !== undefined, endings, aboveLimit: plan.aboveLimit }
    }),
})
