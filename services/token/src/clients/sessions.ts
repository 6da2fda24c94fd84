/** The session service, as the outbox needs it: the end of a session. */
import { endReasons, type SessionClient, toEndReason } from '@latchkey/contracts'
import { z } from 'zod'

/** The payload of the outbox message `session.end`. */
const sessionEnd = z.object({ session_id: z.uuid(), reason: z.enum(endReasons) })

/** Ends the session that an outbox message names. Idempotent. @throws RpcFailure, and the relay tries again */
export const createRelaySessionEnd =
  (sessions: Pick<SessionClient, 'endSession'>) =>
  async (payload: unknown): Promise<void> => {
    const { session_id: sessionId, reason } = sessionEnd.parse(payload)
    await sessions.endSession({ sessionId, reason: toEndReason(reason) })
  }
