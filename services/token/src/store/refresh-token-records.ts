/** Refresh tokens for those who have to find out what became of one: used, expired and ended ones too. */
import type pg from 'pg'
import type { RefreshTokenRecord } from '../domain/explained-token.ts'
import type { ClientId, GrantId, SessionId, UserId } from '../domain/ids.ts'

interface Row {
  readonly id: GrantId
  readonly subject: UserId
  readonly session_id: SessionId
  readonly client_id: ClientId
  readonly scope: string
  readonly is_current: boolean
  readonly offline: boolean
  readonly rotated_at: Date | null
  readonly expires_at: Date
  readonly ended_at: Date | null
  readonly end_reason: string | null
}

const findStatement = `
  select f.id, f.subject, f.session_id, f.client_id, f.scope, f.current_hash = t.token_hash as is_current, f.offline,
         f.rotated_at, f.expires_at, f.ended_at, f.end_reason
    from refresh_tokens t join refresh_families f on f.id = t.family_id
   where t.token_hash = $1`

export const createRefreshTokenRecords = ({ pool }: { pool: pg.Pool }) => ({
  /** Undefined for one that is unknown, or so old that it was removed. */
  find: async (tokenHash: Buffer): Promise<RefreshTokenRecord | undefined> => {
    const [row] = (await pool.query<Row>(findStatement, [tokenHash])).rows
    return (
      row && {
        familyId: row.id,
        subject: row.subject,
        sessionId: row.session_id,
        clientId: row.client_id,
        scope: row.scope,
        isCurrent: row.is_current,
        isOffline: row.offline,
        rotatedAt: row.rotated_at ?? undefined,
        expiresAt: row.expires_at,
        endedAt: row.ended_at ?? undefined,
        endReason: row.end_reason ?? undefined,
      }
    )
  },
})
