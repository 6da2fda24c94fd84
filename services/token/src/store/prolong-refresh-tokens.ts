/**
 * The use of refresh tokens that do not rotate, those of confidential clients (ADR 9): the expiry slides, the token
 * stays. Nothing is written where it would move by less than a minute, so that a busy client costs a read.
 */
import type pg from 'pg'
import type { Prolongation, ProlongationInput, RotationPolicy } from '../domain/refresh-family.ts'

const statement = `
  with presented as (
    select * from unnest($1::bytea[], $2::int[]) as p(token_hash, ttl_seconds)
  ), known as materialized (
    select p.token_hash, f.id, f.expires_at, f.ended_at,
           least(now() + make_interval(secs => p.ttl_seconds), f.ends_at) as next_expires_at
      from presented p
      join refresh_tokens t on t.token_hash = p.token_hash
      join refresh_families f on f.id = t.family_id
     where f.current_hash = p.token_hash and not f.rotates
  ), prolonged as (
    update refresh_families f set expires_at = k.next_expires_at
      from known k
     where f.id = k.id and f.ended_at is null and now() < f.expires_at
       and f.expires_at < k.next_expires_at - interval '1 minute'
    returning f.current_hash, f.expires_at
  ), kept as (
    update refresh_tokens t set expires_at = p.expires_at from prolonged p where t.token_hash = p.current_hash
  )
  select k.token_hash,
         case when k.ended_at is not null then 'ended' when now() < k.expires_at then 'prolonged' else 'expired' end
           as outcome,
         round(extract(epoch from coalesce(p.expires_at, k.expires_at) - now()))::int as expires_in
    from known k left join prolonged p on p.current_hash = k.token_hash`

interface Row {
  token_hash: Buffer
  outcome: 'prolonged' | 'expired' | 'ended'
  expires_in: number
}

const toProlongation = (row: Row | undefined): Prolongation => {
  if (row === undefined) return { outcome: 'unknown' }
  if (row.outcome !== 'prolonged') return { outcome: row.outcome }
  return { outcome: 'prolonged', refreshExpiresInSeconds: row.expires_in }
}

/** Gives what became of each in the order of the inputs. */
export const createProlongRefreshTokens =
  (pool: pg.Pool, { ttlSeconds }: Pick<RotationPolicy, 'ttlSeconds'>) =>
  async (inputs: readonly ProlongationInput[]): Promise<readonly Prolongation[]> => {
    const { rows } = await pool.query<Row>({
      name: 'prolong-refresh-tokens',
      text: statement,
      values: [inputs.map(input => input.tokenHash), inputs.map(input => input.ttlSeconds ?? ttlSeconds)],
    })
    const rowsByHash = new Map(rows.map(row => [row.token_hash.toString('base64'), row]))
    return inputs.map(input => toProlongation(rowsByHash.get(input.tokenHash.toString('base64'))))
  }
