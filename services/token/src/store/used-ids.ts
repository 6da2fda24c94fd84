/**
 * Ids that may be used once, for all replicas: who inserts the row was the first (ADR 8). Parallel uses share a
 * statement; nothing is read before it is written.
 */
import type pg from 'pg'
import { hashIdUse, type IdUse } from '../domain/used-id.ts'
import { createMicroBatch } from './micro-batch.ts'

/*
 * In one order, so that statements of several replicas that share ids wait for each other and never in a circle. Not
 * flushed at once: what a crash of Postgres forgets is younger than a second, and only its replay by a thief within the
 * few minutes in which it is good would tell.
 */
const statement = `
  with unflushed as materialized (select set_config('synchronous_commit', 'off', true))
  insert into used_ids (kind, id_hash, expires_at)
  select u.kind, u.id_hash, u.expires_at
    from unnest($1::text[], $2::bytea[], $3::timestamptz[]) as u(kind, id_hash, expires_at), unflushed
   order by u.kind, u.id_hash
  on conflict do nothing
  returning kind, id_hash`

const keyOf = (kind: string, idHash: Buffer) => `${kind}:${idHash.toString('base64')}`

export const createUsedIds = ({ pool }: { pool: pg.Pool }) => {
  const insert = async (uses: readonly (IdUse & { readonly idHash: Buffer })[]) => {
    const { rows } = await pool.query<{ kind: string; id_hash: Buffer }>({
      name: 'use-ids',
      text: statement,
      values: [uses.map(use => use.kind), uses.map(use => use.idHash), uses.map(use => use.expiresAt)],
    })
    const first = new Set(rows.map(row => keyOf(row.kind, row.id_hash)))
    return uses.map(use => first.has(keyOf(use.kind, use.idHash)))
  }

  const useBatched = createMicroBatch({
    run: insert,
    keyOf: use => keyOf(use.kind, use.idHash),
    maxSize: 64,
    maxConcurrent: 2,
  })

  return {
    /** True for the first use; of any number of parallel ones, for one. */
    use: (use: IdUse): Promise<boolean> => useBatched({ ...use, idHash: hashIdUse(use) }),
  }
}
