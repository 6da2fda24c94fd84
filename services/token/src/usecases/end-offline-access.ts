/**
 * A password was reset, or a session was not its user's: what was granted for the user's absence ends, although no
 * session's end tells of it.
 */
import type { SessionId, UserId } from '../domain/ids.ts'

export interface EndOfflineAccessDeps {
  readonly sessionEnds: {
    /** With the access tokens that came of it; of one session where it is named. Again changes nothing. */
    endOfflineAccess(subject: UserId, signedInUntil: Date, sessionId?: SessionId): Promise<void>
  }
}

/** Idempotent; what was granted after a later sign-in is kept. */
export const createEndOfflineAccess =
  ({ sessionEnds }: EndOfflineAccessDeps) =>
  (subject: UserId, signedInUntil: Date, sessionId?: SessionId): Promise<void> =>
    sessionEnds.endOfflineAccess(subject, signedInUntil, sessionId)

export type EndOfflineAccess = ReturnType<typeof createEndOfflineAccess>
