/**
 * `session.ended` reaches this service: in a session that was taken from whoever had it nothing can be done any more that asks
 * for a proof of who it is, and the change of address that was asked for in it is given up.
 */
import { z } from 'zod'
import type { SessionId, UserId } from '../domain/ids.ts'
import { isSessionEvent } from '../domain/session-event.ts'

const sessionEnded = z.object({
  session_id: z.uuid().transform(id => id as SessionId),
  user_id: z.uuid().transform(id => id as UserId),
  reason: z.string().min(1),
})

/** Ends of sessions that say nothing against whoever had them. What a newer session service knows is not among them. */
const harmless: readonly string[] = ['logout', 'expired', 'concurrent_limit', 'sign_in_failed']

export interface ConcludeSessionDeps {
  readonly sessionEndings: { conclude(userId: UserId, sessionId: SessionId): Promise<void> }
  readonly logger: { error(members: object, message: string): void }
}

/**
 * Idempotent, for an event may come more than once. One that can't be read is logged and dropped.
 * @throws what the database failed with, and the event is tried again
 */
export const createConcludeSession =
  ({ sessionEndings, logger }: ConcludeSessionDeps) =>
  async (event: unknown): Promise<void> => {
    if (!isSessionEvent(event, 'session.ended')) return
    const parsed = sessionEnded.safeParse(event)
    if (!parsed.success) {
      logger.error({ error: parsed.error }, 'an event of the session service has an unknown shape')
      return
    }
    const { session_id: sessionId, user_id: userId, reason } = parsed.data
    if (!harmless.includes(reason)) await sessionEndings.conclude(userId, sessionId)
  }

export type ConcludeSession = ReturnType<typeof createConcludeSession>
