/** `session.ended` reaches this service: its refresh families end too, whatever becomes of Redis later. */
import type { Logger } from '@latchkey/runtime/logger'
import { z } from 'zod'
import type { SessionId } from '../domain/ids.ts'

/** The event on the stream `events:session`; members that are not needed here may be added. */
const sessionEnded = z.object({
  session_id: z.uuid().transform(id => id as SessionId),
  reason: z.string().min(1),
  ended_at: z.coerce.date(),
})

export interface EndFamiliesDeps {
  readonly families: {
    /** Ends the live families of the session; again changes nothing. @returns how many */
    endOfSession(sessionId: SessionId, reason: string, endedAt: Date): Promise<number>
  }
  readonly logger: Pick<Logger, 'error'>
}

/**
 * Idempotent, for an event may come more than once. One that can't be read is logged and dropped: it would not become
 * readable by being sent again. @throws what the database failed with, and the event is tried again
 */
export const createEndFamiliesOfSession =
  ({ families, logger }: EndFamiliesDeps) =>
  async (event: unknown): Promise<void> => {
    const parsed = sessionEnded.safeParse(event)
    if (!parsed.success) {
      logger.error({ error: parsed.error }, 'an event of the session service has an unknown shape')
      return
    }
    const { session_id: sessionId, reason, ended_at: endedAt } = parsed.data
    await families.endOfSession(sessionId, reason, endedAt)
  }
