/** A session's state by the word of the session service: the truth, where Redis can't be believed. */
import { RpcFailure } from '@latchkey/runtime/grpc'
import type { SessionClient } from './session.ts'

// Shorter than the patience of whoever waits for the whole request: this is only its beginning.
const deadlineMs = 1_000

/** `unknown`: there is no such session. @throws RpcFailure where the service cannot be asked */
export const createFindSessionState =
  (sessions: Pick<SessionClient, 'getSession'>) =>
  async (sessionId: string): Promise<'live' | 'ended' | 'unknown'> => {
    try {
      const { state } = await sessions.getSession({ sessionId }, { deadlineMs })
      return state === 'SESSION_STATE_LIVE' ? 'live' : 'ended'
    } catch (error) {
      if (error instanceof RpcFailure && error.reason === 'SESSION_NOT_FOUND') return 'unknown'
      throw error
    }
  }
