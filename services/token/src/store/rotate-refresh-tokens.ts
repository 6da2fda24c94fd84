/**
 * The rotation of refresh tokens: one statement, in which every race is settled by the lock on the family's row
 * (ADR 6). It takes many tokens at a time; no token may be in it twice.
 */
import type pg from 'pg'
import { firstPartyClientId } from '../domain/grant.ts'
import type { GrantId } from '../domain/ids.ts'
import type { Rotation, RotationInput, RotationPolicy } from '../domain/refresh-family.ts'
import { grantRevocationSeconds } from '../domain/revocation.ts'

/*
 * A waiting statement judges the row as the one before it left it: FOR UPDATE reads the locked row anew. What it needs
 * of other rows never changes (a token's family), and that its successor is unused follows from the family's row alone.
 * now() may be a little older than rotated_at then, which only lengthens a grace; where there is none, it is not asked.
 * Where one presented token ends a family, the others of the batch find it ended. A stolen token of the first party is a
 * stolen session; one of another client ends what that client was given, and nothing else.
 */
const statement = `
  with presented as (
    select * from unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::uuid[], $5::int[])
      as p(token_hash, successor_hash, nonce, message_id, ttl_seconds)
  ), locked as materialized (
    select p.token_hash as presented_hash, p.successor_hash, p.nonce, p.message_id, p.ttl_seconds, f.*
      from presented p
      join refresh_tokens t on t.token_hash = p.token_hash
      join refresh_families f on f.id = t.family_id
     order by f.id
       for update of f
  ), judged_alone as (
    select *, case
        when ended_at is not null then 'ended'
        when presented_hash = current_hash then case when now() < expires_at then 'rotated' else 'expired' end
        when presented_hash = previous_hash and $6 > 0 and now() < rotated_at + make_interval(secs => $6)
          then case when now() < expires_at then 'grace' else 'expired' end
        else 'reused'
      end as verdict
    from locked
  ), judged as materialized (
    select *, case
        when verdict <> 'reused' and bool_or(verdict = 'reused') over (partition by id) then 'ended'
        else verdict
      end as outcome
    from judged_alone
  ), rotated as (
    update refresh_families f
       set current_hash = j.successor_hash, previous_hash = j.presented_hash, previous_nonce = j.nonce,
           rotated_at = now(), expires_at = least(now() + make_interval(secs => j.ttl_seconds), f.ends_at)
      from judged j
     where f.id = j.id and j.outcome = 'rotated'
    returning f.id, f.current_hash, f.expires_at
  ), issued as (
    insert into refresh_tokens (token_hash, family_id, expires_at)
    select current_hash, id, expires_at from rotated
  ), reused as (
    select distinct on (id) id, session_id, client_id, message_id from judged where outcome = 'reused'
  ), ended as (
    update refresh_families f set ended_at = now(), end_reason = 'refresh_token_reused'
      from reused r where f.id = r.id
  ), told as (
    insert into outbox (id, kind, key, payload)
    select message_id, 'session.end', session_id::text,
           jsonb_build_object('session_id', session_id, 'reason', 'refresh_token_reused')
      from reused where client_id = $7
  ), revoked as (
    insert into revocations (key, expires_at)
    select 'grant:' || id, now() + make_interval(secs => $8) from reused where client_id <> $7
    on conflict (key) do nothing
  )
  select j.presented_hash as token_hash, j.outcome, j.id as family_id, j.previous_nonce as nonce,
         j.current_hash as successor_hash,
         round(extract(epoch from coalesce(r.expires_at, j.expires_at) - now()))::int as expires_in
    from judged j
    left join rotated r on r.id = j.id and r.current_hash = j.successor_hash`

interface Row {
  token_hash: Buffer
  outcome: 'rotated' | 'grace' | 'reused' | 'expired' | 'ended'
  family_id: GrantId
  nonce: Buffer | null
  successor_hash: Buffer
  expires_in: number
}

const toRotation = (row: Row | undefined): Rotation => {
  if (row === undefined) return { outcome: 'unknown' }
  const refreshExpiresInSeconds = row.expires_in
  switch (row.outcome) {
    case 'rotated':
      return { outcome: 'rotated', refreshExpiresInSeconds }
    case 'grace':
      if (row.nonce === null) throw new Error('A token that was used has no nonce')
      return {
        outcome: 'grace',
        nonce: row.nonce,
        successorHash: row.successor_hash,
        refreshExpiresInSeconds,
      }
    case 'reused':
      return { outcome: 'reused', grantId: row.family_id }
    default:
      return { outcome: row.outcome }
  }
}

/** Gives the rotations in the order of the inputs. */
export const createRotateRefreshTokens =
  (pool: pg.Pool, { ttlSeconds, graceSeconds }: RotationPolicy) =>
  async (inputs: readonly RotationInput[]): Promise<readonly Rotation[]> => {
    const { rows } = await pool.query<Row>({
      name: 'rotate-refresh-tokens',
      text: statement,
      values: [
        inputs.map(input => input.tokenHash),
        inputs.map(input => input.successorHash),
        inputs.map(input => input.nonce),
        inputs.map(input => input.messageId),
        inputs.map(input => input.ttlSeconds ?? ttlSeconds),
        graceSeconds,
        firstPartyClientId,
        grantRevocationSeconds,
      ],
    })
    const rowsByHash = new Map(rows.map(row => [row.token_hash.toString('base64'), row]))
    return inputs.map(input => toRotation(rowsByHash.get(input.tokenHash.toString('base64'))))
  }
