/** `session.ended` reaches this service: what the session gave ends too, whatever becomes of Redis later. */
import type { Logger } from '@latchkey/runtime/logger'
import { z } from 'zod'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { SessionEnd } from '../domain/session-end.ts'

/** What the stream `events:session` also tells of, such as a session under review, is others' to hear. */
const isOther = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'type' in event && event.type !== 'session.ended'

/** The event on the stream `events:session`; members that are not needed here may be added. */
const sessionEnded = z.object({
  session_id: z.uuid().transform(id => id as SessionId),
  user_id: z
    .uuid()
    .transform(id => id as UserId)
    .optional(),
  reason: z.string().min(1),
  ended_at: z.coerce.date(),
})

export interface ConcludeSessionDeps {
  readonly sessionEnds: {
    /**
     * Ends the refresh families and the browser sessions, and leaves a message for each client that asked to be told,
     * all or nothing; again changes nothing. @returns how many clients are to be told
     */
    conclude(end: SessionEnd): Promise<number>
  }
  /** Sends the messages. */
  readonly nudgeLogouts: () => void
  readonly logger: Pick<Logger, 'error'>
}

/**
 * Idempotent, for an event may come more than once. One that can't be read is logged and dropped: it would not become
 * readable by being sent again. @throws what the database failed with, and the event is tried again
 */
export const createConcludeSession =
  ({ sessionEnds, nudgeLogouts, logger }: ConcludeSessionDeps) =>
  async (event: unknown): Promise<void> => {
    if (isOther(event)) return
    const parsed = sessionEnded.safeParse(event)
    if (!parsed.success) {
      logger.error({ error: parsed.error }, 'an event of the session service has an unknown shape')
      return
    }
    const { session_id: sessionId, user_id: subject, reason, ended_at: endedAt } = parsed.data
    const told = await sessionEnds.conclude({ sessionId, subject, reason, endedAt })
    if (told > 0) nudgeLogouts()
  }
