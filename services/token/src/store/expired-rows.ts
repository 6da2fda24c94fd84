/**
 * Removes the rows of a table whose time was over a while ago, a small batch at a time. Replicas that do so at once
 * take different rows.
 */
import type pg from 'pg'

export interface ExpiredRows {
  /** Removes at most `limit` rows. @returns how many */
  remove(limit: number): Promise<number>
  /** When the row that expired first is, or was, due; undefined where there is none. */
  findOldestDueAt(): Promise<Date | undefined>
}

export interface ExpiredRowsInit {
  readonly pool: pg.Pool
  /** Names of our own, never of a request. */
  readonly table: string
  /** The column with the instant of the end, which has an index. */
  readonly column?: 'expires_at' | 'ends_at' | 'kept_until'
  /** How long a row is kept after its end: a day. */
  readonly keepSeconds?: number
}

export const createExpiredRows = (init: ExpiredRowsInit): ExpiredRows => {
  const { pool, table, column = 'expires_at', keepSeconds = 86_400 } = init
  const kept = `interval '${keepSeconds} s'`
  const removal = `
    delete from ${table}
     where ctid = any(array(
       select ctid from ${table} where ${column} < now() - ${kept}
        order by ${column} limit $1 for update skip locked))`
  const oldest = `select min(${column}) + ${kept} as due_at from ${table}`
  return {
    remove: async limit => (await pool.query(removal, [limit])).rowCount ?? 0,
    findOldestDueAt: async () => {
      const { rows } = await pool.query<{ due_at: Date | null }>(oldest)
      return rows[0]?.due_at ?? undefined
    },
  }
}
