/** Access tokens, and grants with all of theirs, that are refused before their time. Postgres is the truth about them. */
import type pg from 'pg'
import { createMicroBatch } from './micro-batch.ts'

const findStatement = `select key from revocations where key = any($1)`

const addStatement = `
  insert into revocations (key, expires_at) values ($1, $2)
  on conflict (key) do update set expires_at = greatest(revocations.expires_at, excluded.expires_at)`

export const createRevocations = ({ pool }: { pool: pg.Pool }) => {
  const findBatched = createMicroBatch<string, boolean>({
    run: async keys => {
      const { rows } = await pool.query<{ key: string }>({
        name: 'find-revocations',
        text: findStatement,
        values: [keys],
      })
      const revoked = new Set(rows.map(row => row.key))
      return keys.map(key => revoked.has(key))
    },
    keyOf: key => key,
    maxSize: 128,
    maxConcurrent: 2,
  })

  return {
    /** Whether one of the keys is revoked. */
    findAny: async (keys: readonly string[]): Promise<boolean> =>
      (await Promise.all(keys.map(findBatched))).includes(true),
    /** @param expiresAt when the last of the tokens has expired anyway */
    add: async (key: string, expiresAt: Date): Promise<void> => {
      await pool.query({ name: 'add-revocation', text: addStatement, values: [key, expiresAt] })
    },
  }
}
