/**
 * From somebody who has proven who they are to a session and its tokens, in that order. What comes after may still
 * fail; then the session is taken back, so that nothing half done stays usable.
 */
import type { SessionId } from '../domain/ids.ts'
import type { BegunSession, SessionStart, TokenSet } from '../domain/sign-in.ts'

export interface BeginSessionDeps {
  readonly sessions: {
    create(start: SessionStart): Promise<BegunSession>
    /** Ends a session whose sign-in came to nothing. */
    abandon(id: SessionId): Promise<void>
  }
  readonly tokens: { issue(start: SessionStart, session: BegunSession): Promise<TokenSet> }
  readonly logger: { warn(members: object, message: string): void }
}

export interface SignedInSession {
  readonly tokens: TokenSet
  /** Takes the session back, with its tokens. Never rejects: an unused session runs out by itself. */
  readonly abandon: () => Promise<void>
}

export const createBeginSession = ({ sessions, tokens, logger }: BeginSessionDeps) => {
  const abandon = async (id: SessionId): Promise<void> => {
    try {
      await sessions.abandon(id)
    } catch (error) {
      logger.warn({ session_id: id, error }, 'the session of a failed sign-in could not be ended')
    }
  }

  return async (start: SessionStart): Promise<SignedInSession> => {
    const session = await sessions.create(start)
    try {
      return { tokens: await tokens.issue(start, session), abandon: () => abandon(session.id) }
    } catch (error) {
      await abandon(session.id)
      throw error
    }
  }
}

export type BeginSession = ReturnType<typeof createBeginSession>
