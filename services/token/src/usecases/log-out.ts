/**
 * Ends the session of a browser. The session service is told at once; where it can't be, the outbox tells it as soon as
 * it can: an acknowledged logout is never lost. What else the session gave ends by its event (conclude-session.ts).
 */
import type { Logger } from '@latchkey/runtime/logger'
import type { SessionId } from '../domain/ids.ts'

export interface LogOutDeps {
  /** Within a deadline. @throws where the session service can't be told */
  readonly endSession: (sessionId: SessionId) => Promise<void>
  readonly sessionEnds: {
    /** Leaves a message that ends the session later. */
    request(sessionId: SessionId): Promise<void>
  }
  readonly browserSessions: { endOfSession(sessionId: SessionId): Promise<void> }
  /** Has the outbox relayed at once. */
  readonly nudgeOutbox: () => void
  readonly logger: Pick<Logger, 'warn'>
}

/** Idempotent. @throws what Postgres failed with: nothing was promised then */
export const createLogOut =
  ({ endSession, sessionEnds, browserSessions, nudgeOutbox, logger }: LogOutDeps) =>
  async (sessionId: SessionId): Promise<void> => {
    try {
      await endSession(sessionId)
    } catch (error) {
      logger.warn({ session_id: sessionId, error }, 'a logout waits in the outbox')
      await sessionEnds.request(sessionId)
      nudgeOutbox()
    }
    await browserSessions.endOfSession(sessionId)
  }

export type LogOut = ReturnType<typeof createLogOut>
