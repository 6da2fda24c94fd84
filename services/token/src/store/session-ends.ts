/**
 * What a session's end ends: its refresh families, the browsers that it was in, and the sign-ins at clients. One
 * statement, so that there is never the one without the others, and of a repeated event nothing happens twice: who is to
 * be told is taken out of the table by whoever writes the message.
 */
import { enqueue } from '@latchkey/outbox'
import { inTransaction } from '@latchkey/runtime/postgres'
import type pg from 'pg'
import type { SessionId, UserId } from '../domain/ids.ts'
import { grantRevocationSeconds } from '../domain/revocation.ts'
import { endsOfflineAccess, type SessionEnd } from '../domain/session-end.ts'
import { endEarlyFamilies } from './early-families.ts'

/** The outbox message that ends a session. */
const sessionEndKind = 'session.end'

/** The outbox message for each client with a back-channel logout URI. */
export const backchannelLogoutKind = 'backchannel.logout'

const statement = `
  with families as (
    update refresh_families set ended_at = $2, end_reason = $3
     where ended_at is null and ((session_id = $1 and not offline) or ($5 and offline and subject = $4 and authenticated_at <= $2))
    returning id, offline
  ), revoked as (
    insert into revocations (key, expires_at)
    select 'grant:' || id, now() + make_interval(secs => $7) from families where offline
    on conflict do nothing
  ), browsers as (
    delete from browser_sessions where session_id = $1
  ), signed_in as (
    delete from client_sessions where session_id = $1 returning client_id, subject
  ), told as (
    insert into outbox (id, kind, key, payload)
    select gen_random_uuid(), $6, $1::text,
           jsonb_build_object('client_id', s.client_id, 'subject', s.subject, 'session_id', $1::text)
      from signed_in s join clients c on c.id = s.client_id
     where c.active and c.metadata ? 'backchannel_logout_uri'
    returning id
  )
  select count(*)::int as told from told`

const offlineStatement = `
  with families as (
    update refresh_families set ended_at = now(), end_reason = $5
     where ended_at is null and offline and subject = $1 and authenticated_at <= $2 and ($4::uuid is null or session_id = $4)
    returning id
  )
  insert into revocations (key, expires_at)
  select 'grant:' || id, now() + make_interval(secs => $3) from families
  on conflict do nothing`

interface Told {
  readonly told: number
}

const toldIn = ({ rows }: pg.QueryResult<Told>): number => rows[0]?.told ?? 0

export const createSessionEnds = ({ pool }: { pool: pg.Pool }) => ({
  /** Again changes nothing. @returns how many clients are to be told */
  conclude: async (end: SessionEnd): Promise<number> => {
    const { sessionId, endedAt, reason, subject } = end
    const endsOffline = subject !== undefined && endsOfflineAccess(end)
    const values = [sessionId, endedAt, reason, subject, endsOffline, backchannelLogoutKind]
    const query = { name: 'conclude-session', text: statement, values: [...values, grantRevocationSeconds] }
    if (!endsOffline) return toldIn(await pool.query<Told>(query))
    return inTransaction(pool, async db => {
      await endEarlyFamilies(db, { subject, offlineUntil: endedAt }, reason)
      return toldIn(await db.query<Told>(query))
    })
  },

  /**
   * With the access tokens that came of it; of one session where it is named. What a later sign-in granted stays; again
   * changes nothing.
   */
  endOfflineAccess: async (subject: UserId, signedInUntil: Date, sessionId?: SessionId): Promise<void> => {
    const reason = sessionId === undefined ? 'password_reset' : 'not_me'
    await inTransaction(pool, async db => {
      await endEarlyFamilies(db, { subject, sessionId, offlineUntil: signedInUntil }, reason)
      const values = [subject, signedInUntil, grantRevocationSeconds, sessionId, reason]
      await db.query(offlineStatement, values)
    })
  },

  /** Leaves a message that has the session service end the session, for the reason `logout`. */
  request: async (sessionId: SessionId): Promise<void> => {
    const payload = { session_id: sessionId, reason: 'logout' }
    await enqueue(pool, { kind: sessionEndKind, key: sessionId, payload })
  },
})
