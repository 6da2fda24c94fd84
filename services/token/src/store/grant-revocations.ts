/**
 * The revocation of a grant: its family ends, and its access tokens are refused for as long as one can live. One
 * statement each; again changes nothing.
 */
import type pg from 'pg'
import type { Grant } from '../domain/grant.ts'
import type { GrantId } from '../domain/ids.ts'
import { grantRevocationKey, grantRevocationSeconds } from '../domain/revocation.ts'

const revokeStatement = `
  with ended as (
    update refresh_families set ended_at = now(), end_reason = $2 where id = $1 and ended_at is null
  )
  insert into revocations (key, expires_at) values ($3, now() + make_interval(secs => $4))
  on conflict (key) do nothing`

/*
 * The family may not have begun yet. It is put here then, ended, with a token that nobody knows: its id is unique, and
 * lets one of the two be first.
 */
const revokeEarlyStatement = `
  with ended as (
    insert into refresh_families as f (id, session_id, subject, client_id, scope, authenticated_at,
                                       authentication_methods, ends_at, current_hash, expires_at, ended_at, end_reason)
    values ($1, $5, $6, $7, $8, $9, $10, $11, sha256(gen_random_uuid()::text::bytea), now(), now(), $2)
    on conflict (id) do update set ended_at = coalesce(f.ended_at, excluded.ended_at),
                                   end_reason = coalesce(f.end_reason, excluded.end_reason)
    returning id, current_hash, expires_at
  ), token as (
    insert into refresh_tokens (token_hash, family_id, expires_at) select current_hash, id, expires_at from ended
    on conflict do nothing
  )
  insert into revocations (key, expires_at) values ($3, now() + make_interval(secs => $4))
  on conflict (key) do nothing`

export const createGrantRevocations = ({ pool }: { pool: pg.Pool }) => {
  const keysOf = (id: GrantId, reason: string) => [id, reason, grantRevocationKey(id), grantRevocationSeconds]

  return {
    revoke: async (id: GrantId, reason: string): Promise<void> => {
      await pool.query({ name: 'revoke-grant', text: revokeStatement, values: keysOf(id, reason) })
    },

    /** The same for a grant that is being redeemed in this moment, perhaps: its family will not begin. */
    revokeEarly: async (grant: Grant, reason: string): Promise<void> => {
      const { id, sessionId, subject, clientId, scope, authenticatedAt, authenticationMethods, endsAt } =
        grant
      const family = [sessionId, subject, clientId, scope, authenticatedAt, authenticationMethods, endsAt]
      await pool.query({
        name: 'revoke-grant-early',
        text: revokeEarlyStatement,
        values: [...keysOf(id, reason), ...family],
      })
    },
  }
}
