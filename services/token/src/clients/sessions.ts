/** The session service, as this one needs it: the end of a session. */
import { endReasons, type SessionClient, toEndReason } from '@latchkey/contracts'
import { z } from 'zod'
import type { SessionId } from '../domain/ids.ts'

/** The payload of the outbox message `session.end`. */
const sessionEnd = z.object({ session_id: z.uuid(), reason: z.enum(endReasons) })

/** Ends the session that an outbox message names. Idempotent. @throws RpcFailure, and the relay tries again */
export const createRelaySessionEnd =
  (sessions: Pick<SessionClient, 'endSession'>) =>
  async (payload: unknown): Promise<void> => {
    const { session_id: sessionId, reason } = sessionEnd.parse(payload)
    await sessions.endSession({ sessionId, reason: toEndReason(reason) })
  }

/** Ends the session of a browser that logs out. Idempotent. @throws RpcFailure */
export const createEndSession =
  (sessions: Pick<SessionClient, 'endSession'>) =>
  async (sessionId: SessionId): Promise<void> => {
    await sessions.endSession({ sessionId, reason: toEndReason('logout') })
  }
