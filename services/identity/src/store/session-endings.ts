/**
 * The end of somebody's sessions, in the transaction of what ends them. Until the session service has heard of it, their
 * tokens are good; but nothing that asks for a recent proof of who it is can be done in them any more, and no change of
 * address that was asked for in them can be completed, so that no key is left behind by whoever was in.
 */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { SessionId, UserId } from '../domain/ids.ts'
import { forgetOtherProofs, forgetProofOf } from './authentications.ts'
import { endEmailChangeOf, endOtherEmailChanges } from './open-links.ts'
import { type OutboxPayload, outboxPayloads, tell } from './outbox-messages.ts'

export interface SessionEnding
  extends Pick<OutboxPayload<'sessions.end'>, 'fromCredentialVersion' | 'reason'> {
  readonly userId: UserId
  /** The one that goes on. */
  readonly exceptSessionId: SessionId | undefined
}

/** Needs the lock on the user's row. */
export const endSessions = async (
  client: PoolClient,
  { userId, exceptSessionId, ...ending }: SessionEnding,
): Promise<void> => {
  const proofs = { userId, credentialVersion: ending.fromCredentialVersion }
  await forgetOtherProofs(client, proofs, exceptSessionId)
  await endOtherEmailChanges(client, userId, exceptSessionId)
  await tell(client, 'sessions.end', userId, { userId, exceptSessionId: exceptSessionId ?? null, ...ending })
}

// By what it says, not by when: transactions begin in another order than they end. The outbox keeps a day, and has no index
// for this: sign-ins that are overtaken are few.
const findLatest = `
  SELECT payload FROM outbox
   WHERE kind = 'sessions.end' AND key = $1 AND (payload->>'fromCredentialVersion')::int > 0
   ORDER BY (payload->>'fromCredentialVersion')::int DESC
   LIMIT 1`

export const createSessionEndings = ({ pool }: { pool: Pool }) => ({
  /** Of a session that the session service has ended: what could still be done, or completed, in its name. */
  conclude: (userId: UserId, sessionId: SessionId): Promise<void> =>
    inTransaction(pool, async client => {
      await client.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [userId])
      await forgetProofOf(client, userId, sessionId)
      await endEmailChangeOf(client, userId, sessionId)
    }),

  /** The latest word that has gone out to end sessions of earlier passwords; undefined where none has today. */
  findLatest: async (userId: UserId): Promise<SessionEnding | undefined> => {
    const { rows } = await pool.query<{ payload: unknown }>(findLatest, [userId])
    const [row] = rows
    if (row === undefined) return undefined
    const { exceptSessionId, fromCredentialVersion, reason } = outboxPayloads['sessions.end'].parse(
      row.payload,
    )
    return {
      userId,
      exceptSessionId: (exceptSessionId ?? undefined) as SessionId | undefined,
      fromCredentialVersion,
      reason,
    }
  },
})
