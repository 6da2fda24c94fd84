/** Refresh tokens as those see them who only look: what is still good, and whose a token is. */
import type pg from 'pg'
import type { ClientId, GrantId, SessionId, UserId } from '../domain/ids.ts'
import type { LiveRefreshToken } from '../domain/refresh-family.ts'

/** A used-up token is not live, though it may give its successor again for some seconds. */
const findStatement = `
  select f.id, f.subject, f.session_id, f.client_id, f.scope, f.authenticated_at, f.authentication_methods, f.acr,
         f.dpop_jkt, f.offline, f.expires_at
    from refresh_tokens t join refresh_families f on f.id = t.family_id
   where t.token_hash = $1 and f.current_hash = t.token_hash and f.ended_at is null and f.expires_at > now()`

interface Row {
  id: GrantId
  subject: UserId
  session_id: SessionId
  client_id: ClientId
  scope: string
  authenticated_at: Date
  authentication_methods: string[]
  acr: string | null
  dpop_jkt: string | null
  offline: boolean
  expires_at: Date
}

const toLiveRefreshToken = (row: Row): LiveRefreshToken => ({
  grantId: row.id,
  subject: row.subject,
  sessionId: row.session_id,
  clientId: row.client_id,
  scope: row.scope,
  authenticatedAt: row.authenticated_at,
  authenticationMethods: row.authentication_methods,
  ...(row.acr === null ? {} : { acr: row.acr }),
  ...(row.dpop_jkt === null ? {} : { dpopJkt: row.dpop_jkt }),
  isOffline: row.offline,
  expiresAt: row.expires_at,
})

export const createLiveRefreshTokens = ({ pool }: { pool: pg.Pool }) => ({
  /** Undefined for an unknown, used, expired or ended one; whether its session was ended is not looked at. */
  find: async (tokenHash: Buffer): Promise<LiveRefreshToken | undefined> => {
    const { rows } = await pool.query<Row>({
      name: 'find-live-refresh-token',
      text: findStatement,
      values: [tokenHash],
    })
    return rows[0] === undefined ? undefined : toLiveRefreshToken(rows[0])
  },
})
