/** The session service as the revocation check sees it: the truth, when Redis can't be believed. */
import type { SessionClient } from '@latchkey/contracts'
import { RpcFailure } from '@latchkey/runtime/grpc'

/** Shorter than the gateway's patience with an upstream: the check is only the beginning of a request. */
const DEADLINE_MS = 1_000

/** @throws RpcFailure where the service is away */
export const createFindSessionState =
  (sessions: Pick<SessionClient, 'getSession'>) =>
  async (sessionId: string): Promise<'live' | 'ended' | 'unknown'> => {
    try {
      const { state } = await sessions.getSession({ sessionId }, { deadlineMs: DEADLINE_MS })
      return state === 'SESSION_STATE_LIVE' ? 'live' : 'ended'
    } catch (error) {
      if (error instanceof RpcFailure && error.reason === 'SESSION_NOT_FOUND') return 'unknown'
      throw error
    }
  }
