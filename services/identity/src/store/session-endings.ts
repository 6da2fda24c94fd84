/**
 * The end of somebody's sessions, in the transaction of what ends them. Until the session service has heard of it, their
 * tokens are good; but nothing that asks for a recent proof of who it is can be done in them any more, so that no key is
 * left behind by whoever was in.
 */
import type { PoolClient } from 'pg'
import type { SessionId, UserId } from '../domain/ids.ts'
import { type OutboxPayload, tell } from './outbox-messages.ts'

export interface SessionEnding
  extends Pick<OutboxPayload<'sessions.end'>, 'fromCredentialVersion' | 'reason'> {
  readonly userId: UserId
  /** The one that goes on. */
  readonly exceptSessionId: SessionId | undefined
}

const forgetProofs = 'DELETE FROM authentications WHERE user_id = $1 AND session_id IS DISTINCT FROM $2'

/** Needs the lock on the user's row. */
export const endSessions = async (
  client: PoolClient,
  { userId, exceptSessionId, ...ending }: SessionEnding,
): Promise<void> => {
  await client.query(forgetProofs, [userId, exceptSessionId ?? null])
  await tell(client, 'sessions.end', userId, { userId, exceptSessionId: exceptSessionId ?? null, ...ending })
}

/** Of one session. */
export const forgetProof = async (
  client: PoolClient,
  userId: UserId,
  sessionId: SessionId,
): Promise<void> => {
  await client.query('DELETE FROM authentications WHERE user_id = $1 AND session_id = $2', [
    userId,
    sessionId,
  ])
}

/** Whether a session may still do what asks for a recent proof: asked under the lock that its end would take. */
export const hasProof = async (
  client: PoolClient,
  userId: UserId,
  sessionId: SessionId,
): Promise<boolean> => {
  const known = 'SELECT FROM authentications WHERE user_id = $1 AND session_id = $2'
  return (await client.query(known, [userId, sessionId])).rowCount === 1
}
