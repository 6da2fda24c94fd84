/** The session service, as this one needs it: the truth about a session, and the end of one. */
import { type EndReasonName, type SessionClient, toEndReason } from '@latchkey/contracts'
import { RpcFailure } from '@latchkey/runtime/grpc'

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

/** Idempotent. @throws RpcFailure */
export const createEndSession =
  (sessions: Pick<SessionClient, 'endSession'>) =>
  async (sessionId: string, reason: EndReasonName): Promise<void> => {
    await sessions.endSession({ sessionId, reason: toEndReason(reason) })
  }
