/**
 * What was ended lately: what Redis is told again when it has forgotten. Ends by mere time are left out, since no
 * token outlives them to speak of, and there are many.
 */
import type { Pool } from 'pg'
import type { EndReason } from '../domain/end-reason.ts'
import type { Ending, TerminationPage } from '../domain/ending.ts'
import type { SessionId, UserId } from '../domain/ids.ts'

interface TerminationRow {
  readonly session_id: SessionId
  readonly user_id: UserId
  readonly reason: EndReason
  readonly original_ip: string | null
  readonly new_ip: string | null
  readonly at: Date
}

const columns = 'session_id, user_id, reason, original_ip, new_ip, at'

const toEnding = (row: TerminationRow): Ending => ({
  sessionId: row.session_id,
  userId: row.user_id,
  reason: row.reason,
  originalIp: row.original_ip ?? undefined,
  newIp: row.new_ip ?? undefined,
  endedAt: row.at,
})

// Below every UUID: the first page begins with the instant that the caller names.
const firstCursor = '00000000-0000-0000-0000-000000000000'

export const createEndedSessions = ({ pool }: { pool: Pool }) => ({
  /** Pages of endings from `since` on, oldest first. */
  async *since(since: Date, pageSize: number): AsyncGenerator<readonly Ending[]> {
    let cursor = { at: since, id: firstCursor }
    for (;;) {
      const { rows } = await pool.query<TerminationRow>(
        `SELECT ${columns} FROM terminations
          WHERE (at, session_id) > ($1, $2::uuid) AND reason <> 'expired'
          ORDER BY at, session_id
          LIMIT $3`,
        [cursor.at, cursor.id, pageSize],
      )
      const last = rows.at(-1)
      if (last === undefined) return
      yield rows.map(toEnding)
      cursor = { at: last.at, id: last.session_id }
    }
  },

  /** Those before `before`, latest first; of one user where one is named. */
  page: async ({ userId, before, limit }: TerminationPage): Promise<readonly Ending[]> => {
    const { rows } = await pool.query<TerminationRow>(
      `SELECT ${columns} FROM terminations
        WHERE reason <> 'expired' AND ($1::uuid IS NULL OR user_id = $1)
          AND ($2::timestamptz IS NULL OR (at, session_id) < ($2, $3::uuid))
        ORDER BY at DESC, session_id DESC
        LIMIT $4`,
      [userId ?? null, before?.endedAt ?? null, before?.sessionId ?? null, limit],
    )
    return rows.map(toEnding)
  },

  /** The latest ones, latest first. */
  latest: async (count: number): Promise<readonly Ending[]> => {
    const { rows } = await pool.query<TerminationRow>(
      `SELECT ${columns} FROM terminations WHERE reason <> 'expired' ORDER BY at DESC, session_id DESC LIMIT $1`,
      [count],
    )
    return rows.map(toEnding)
  },
})
