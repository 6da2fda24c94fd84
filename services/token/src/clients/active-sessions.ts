/**
 * Whether a session is active: it was used within the time that it was signed in for. `session:{id}` is in Redis for exactly
 * as long; where it is missing, Redis may have lost it, and the session service has the last word.
 */
import type { SessionClient } from '@latchkey/contracts'
import type { Redis } from 'ioredis'
import type { SessionId } from '../domain/ids.ts'

export interface ActiveSessionsDeps {
  readonly redis: Pick<Redis, 'exists'>
  readonly sessions: Pick<SessionClient, 'getSession'>
}

// Shorter than the patience of whoever waits for a page.
const deadlineMs = 1_000

/** True where nobody can tell: an outage signs nobody out. Whether the session lives is another question. */
export const createIsSessionActive =
  ({ redis, sessions }: ActiveSessionsDeps) =>
  async (sessionId: SessionId): Promise<boolean> => {
    const isKnown = await redis.exists(`session:${sessionId}`).catch(() => 0)
    if (isKnown === 1) return true
    try {
      return !(await sessions.getSession({ sessionId }, { deadlineMs })).expired
    } catch {
      return true
    }
  }
