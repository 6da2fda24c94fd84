/** A password was reset: what the account had granted for its user's absence ends, although no session's end tells of it. */
import type { UserId } from '../domain/ids.ts'

export interface EndOfflineAccessDeps {
  readonly sessionEnds: {
    /** With the access tokens that came of it. Again changes nothing. */
    endOfflineAccess(subject: UserId, signedInUntil: Date): Promise<void>
  }
}

/** Idempotent; what was granted after a later sign-in is kept. */
export const createEndOfflineAccess =
  ({ sessionEnds }: EndOfflineAccessDeps) =>
  (subject: UserId, signedInUntil: Date): Promise<void> =>
    sessionEnds.endOfflineAccess(subject, signedInUntil)

export type EndOfflineAccess = ReturnType<typeof createEndOfflineAccess>
