/** The session service, as this one needs it: the truth about a session, and the end of one. */
import { endReasons, type SessionClient, toEndReason } from '@latchkey/contracts'
import { RpcFailure } from '@latchkey/runtime/grpc'
import { z } from 'zod'

/** @throws RpcFailure where the service cannot be asked */
export const createFindSessionState =
  (sessions: Pick<SessionClient, 'getSession'>) =>
  async (sessionId: string): Promise<'live' | 'ended' | 'unknown'> => {
    try {
      const { state } = await sessions.getSession({ sessionId }, { deadlineMs: 1000 })
      return state === 'SESSION_STATE_LIVE' ? 'live' : 'ended'
    } catch (error) {
      if (error instanceof RpcFailure && error.reason === 'SESSION_NOT_FOUND') return 'unknown'
      throw error
    }
  }

/** The payload of the outbox message `session.end`. */
const sessionEnd = z.object({ session_id: z.uuid(), reason: z.enum(endReasons) })

/** Ends the session that an outbox message names. Idempotent. @throws RpcFailure, and the relay tries again */
export const createRelaySessionEnd =
  (sessions: Pick<SessionClient, 'endSession'>) =>
  async (payload: unknown): Promise<void> => {
    const { session_id: sessionId, reason } = sessionEnd.parse(payload)
    await sessions.endSession({ sessionId, reason: toEndReason(reason) })
  }
