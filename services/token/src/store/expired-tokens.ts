/**
 * Removes what expired a day ago, a small batch at a time: a used-up token, and its family where it was the one that
 * could still have been used. Replicas that do so at once take different rows.
 */
import type pg from 'pg'

export interface ExpiredTokens {
  /** Removes at most `limit` tokens. @returns how many */
  remove(limit: number): Promise<number>
  /** When the token that expired first is, or was, due; undefined where there is none. */
  findOldestDueAt(): Promise<Date | undefined>
}

const removal = `
  with removed as (
    delete from refresh_tokens
     where token_hash in (
       select token_hash from refresh_tokens where expires_at < now() - interval '1 day'
        order by expires_at limit $1 for update skip locked)
    returning token_hash, family_id
  ), families as (
    delete from refresh_families f using removed r where f.id = r.family_id and f.current_hash = r.token_hash
    returning f.id
  )
  select count(*)::int as count from removed`

const oldest = `select min(expires_at) + interval '1 day' as due_at from refresh_tokens`

export const createExpiredTokens = ({ pool }: { pool: pg.Pool }): ExpiredTokens => ({
  remove: async limit => {
    const { rows } = await pool.query<{ count: number }>(removal, [limit])
    return rows[0]?.count ?? 0
  },
  findOldestDueAt: async () => {
    const { rows } = await pool.query<{ due_at: Date | null }>(oldest)
    return rows[0]?.due_at ?? undefined
  },
})
