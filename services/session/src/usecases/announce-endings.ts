/** What follows the commit of endings: a log line each, their markers at once, and the outbox woken. */
import type { Logger } from '@latchkey/runtime/logger'
import type { EndReason } from '../domain/end-reason.ts'
import type { Ending, PresentedToken } from '../domain/ending.ts'
import type { PublishEnding } from './publish-ending.ts'

export interface AnnounceEndingsDeps {
  publishEnding: PublishEnding
  /** Has the outbox relayed now rather than at its next poll. */
  nudge: () => void
  onEnded: (reason: EndReason) => void
  logger: Pick<Logger, 'info' | 'warn'>
}

/** Never fails: the endings stand, and the outbox repeats what Redis did not take. */
export const createAnnounceEndings =
  ({ publishEnding, nudge, onEnded, logger }: AnnounceEndingsDeps) =>
  async (endings: readonly Ending[], token?: PresentedToken): Promise<void> => {
    for (const ending of endings) {
      onEnded(ending.reason)
      logger.info(
        {
          session_id: ending.sessionId,
          user_id: ending.userId,
          reason: ending.reason,
          original_ip: ending.originalIp,
          new_ip: ending.newIp,
        },
        'session ended',
      )
    }
    try {
      await Promise.all(endings.map(ending => publishEnding(ending, token)))
    } catch (error) {
      logger.warn({ error, endings: endings.length }, 'endings were not marked in redis yet')
    }
    if (endings.length > 0) nudge()
  }

export type AnnounceEndings = ReturnType<typeof createAnnounceEndings>
