/** When somebody last proved who they are in a session: at its sign-in, or since, before a change that matters. */
import type { Pool, PoolClient } from 'pg'
import type { SessionId, UserId } from '../domain/ids.ts'

export interface Authentication {
  readonly sessionId: SessionId
  readonly userId: UserId
  readonly at: Date
}

export const noteAuthentication = async (
  client: Pick<PoolClient, 'query'>,
  { sessionId, userId, at }: Authentication,
): Promise<void> => {
  await client.query({
    name: 'note-authentication',
    text: `INSERT INTO authentications AS a (session_id, user_id, at) VALUES ($1, $2, $3)
           ON CONFLICT (session_id) DO UPDATE SET at = greatest(a.at, excluded.at)`,
    values: [sessionId, userId, at],
  })
}

export const createAuthentications = ({ pool }: { pool: Pool }) => ({
  note: (authentication: Authentication): Promise<void> => noteAuthentication(pool, authentication),

  /** Undefined where that is so long ago that it was forgotten. */
  findLatest: async (userId: UserId, sessionId: SessionId): Promise<Date | undefined> => {
    const { rows } = await pool.query<{ at: Date }>({
      name: 'find-authentication',
      text: 'SELECT at FROM authentications WHERE session_id = $1 AND user_id = $2',
      values: [sessionId, userId],
    })
    return rows[0]?.at
  },
})
