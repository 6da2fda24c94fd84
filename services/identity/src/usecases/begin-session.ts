/**
 * From somebody who has proven who they are to a session and what they are given for it (tokens, or the cookie of a
 * browser), in that order. What comes after may still fail; then the session is taken back, so that nothing half done
 * stays usable.
 */
import type { SessionId } from '../domain/ids.ts'
import type { BegunSession, SessionStart } from '../domain/sign-in.ts'

export interface BeginSessionDeps<Given> {
  readonly sessions: {
    create(start: SessionStart): Promise<BegunSession>
    /** Ends a session whose sign-in came to nothing. */
    abandon(id: SessionId): Promise<void>
  }
  readonly give: (start: SessionStart, session: BegunSession) => Promise<Given>
  readonly logger: { warn(members: object, message: string): void }
}

export interface SignedInSession<Given> {
  readonly id: SessionId
  readonly given: Given
  /** Takes the session back, with what was given for it. Never rejects: an unused session runs out by itself. */
  readonly abandon: () => Promise<void>
}

export type BeginSession<Given> = (start: SessionStart) => Promise<SignedInSession<Given>>

export const createBeginSession = <Given>({
  sessions,
  give,
  logger,
}: BeginSessionDeps<Given>): BeginSession<Given> => {
  const abandon = async (id: SessionId): Promise<void> => {
    try {
      await sessions.abandon(id)
    } catch (error) {
      logger.warn({ session_id: id, error }, 'the session of a failed sign-in could not be ended')
    }
  }

  return async start => {
    const session = await sessions.create(start)
    try {
      return { id: session.id, given: await give(start, session), abandon: () => abandon(session.id) }
    } catch (error) {
      await abandon(session.id)
      throw error
    }
  }
}
