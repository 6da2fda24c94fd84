/** What ends with a client: its refresh families, the access tokens of its grants, and what waits for its users. */
import type pg from 'pg'
import type { ClientId } from '../domain/ids.ts'

// An access token lives for a day at most; an hour for clocks.
const longestTokenSeconds = 86_400 + 3_600

/**
 * The families end, and every grant that tokens may still speak of is revoked: those of the families, and those of codes
 * and devices that were redeemed without one. What was not redeemed yet can't be any more.
 */
const endStatement = `
  with families as (
    update refresh_families set ended_at = now(), end_reason = $2
     where client_id = $1 and ended_at is null returning id
  ), codes as (
    update authorization_codes set used_at = coalesce(used_at, now()) where client_id = $1 returning grant_id
  ), devices as (
    update device_authorizations set status = case status when 'redeemed' then status else 'denied' end
     where client_id = $1 returning grant_id
  ), flows as (
    delete from authorization_flows where client_id = $1
  ), pushed as (
    delete from pushed_requests where client_id = $1
  )
  insert into revocations (key, expires_at)
  select 'grant:' || grant_id, now() + make_interval(secs => $3)
    from (select id as grant_id from families union select grant_id from codes union select grant_id from devices) g
   where grant_id is not null
  on conflict (key) do nothing`

export const endGrantsOfClient = async (db: pg.PoolClient, id: ClientId, reason: string): Promise<void> => {
  await db.query(endStatement, [id, reason, longestTokenSeconds])
}

/** What users have allowed a client that is no more. Who is signed in to it is nobody's business any longer. */
export const forgetGrantsOfClient = async (db: pg.PoolClient, id: ClientId): Promise<void> => {
  await db.query('delete from consents where client_id = $1', [id])
  await db.query('delete from client_sessions where client_id = $1', [id])
}
