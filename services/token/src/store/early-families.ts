/**
 * Families that have not begun: of codes and devices that are being redeemed in this moment, perhaps. Whoever ends grants
 * finds families alone, and one of these would begin a moment later and outlive the end. So it is put here, ended, with a
 * token that nobody knows: its id is unique, and lets one of the two be first. One that is beginning at the same time is
 * waited for, and found by the statement that ends families, which must come after this one in the same transaction.
 */
import type pg from 'pg'
import type { ClientId, SessionId, UserId } from '../domain/ids.ts'
import { grantRevocationSeconds } from '../domain/revocation.ts'

/** Each condition that is there must hold. */
interface Conditions {
  readonly subject: UserId
  readonly clientId: ClientId
  readonly sessionId?: SessionId | undefined
  /** Those with offline access alone, of sign-ins until then. */
  readonly offlineUntil?: Date
}

/** A user's, a client's, or what the one has at the other. */
export type EarlyGrants = Partial<Conditions> & (Pick<Conditions, 'subject'> | Pick<Conditions, 'clientId'>)

// Of a client there may be many: a redemption takes seconds, and begins before its code expires.
const statement = `
  with redeemable as (
    select grant_id as id, "grant", client_id, expires_at from authorization_codes
    union all
    select grant_id, "grant", client_id, expires_at from device_authorizations
  ), given as (
    select id, ("grant" ->> 'subject')::uuid as subject, client_id, ("grant" ->> 'sessionId')::uuid as session_id,
           "grant" ->> 'scope' as scope, ("grant" ->> 'authenticatedAt')::timestamptz as authenticated_at,
           array(select jsonb_array_elements_text("grant" -> 'authenticationMethods')) as authentication_methods,
           ("grant" ->> 'endsAt')::timestamptz as ends_at
      from redeemable
     where id is not null
       and ($1::uuid is not null or expires_at > now() - interval '1 minute')
       and ($1::uuid is null or ("grant" ->> 'subject')::uuid = $1)
       and ($2::text is null or client_id = $2)
       and ($3::uuid is null or ("grant" ->> 'sessionId')::uuid = $3)
       and ($4::timestamptz is null
            or (("grant" ->> 'isOffline')::boolean and ("grant" ->> 'authenticatedAt')::timestamptz <= $4))
  ), ended as (
    insert into refresh_families (id, session_id, subject, client_id, scope, authenticated_at, authentication_methods,
                                  ends_at, current_hash, expires_at, ended_at, end_reason)
    select id, session_id, subject, client_id, scope, authenticated_at, authentication_methods,
           ends_at, sha256(gen_random_uuid()::text::bytea), now(), now(), $5
      from given order by id
    on conflict (id) do nothing
    returning id, current_hash, expires_at
  ), revoked as (
    insert into revocations (key, expires_at) select 'grant:' || id, now() + make_interval(secs => $6) from given order by id
    on conflict (key) do nothing
  )
  insert into refresh_tokens (token_hash, family_id, expires_at) select current_hash, id, expires_at from ended`

export const endEarlyFamilies = async (
  db: pg.PoolClient,
  grants: EarlyGrants,
  reason: string,
): Promise<void> => {
  const { subject, clientId, sessionId, offlineUntil } = grants
  await db.query(statement, [subject, clientId, sessionId, offlineUntil, reason, grantRevocationSeconds])
}
