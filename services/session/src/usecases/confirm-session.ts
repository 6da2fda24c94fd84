/** Its owner has shown that a session is theirs: a review of it ends, and where it was used from is known as theirs. */
import type { Logger } from '@latchkey/runtime/logger'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { Session } from '../domain/session.ts'

export interface ConfirmSessionInput {
  readonly sessionId: SessionId
  readonly userId: UserId
  /** Only the review of that instant; undefined: whichever is open. */
  readonly flaggedAt: Date | undefined
  /** Where the owner proved who they are; undefined: they vouch for wherever the session was. */
  readonly ipAddress: string | undefined
}

export interface ConfirmSessionDeps {
  reviews: {
    confirm(confirmation: ConfirmSessionInput & { readonly at: Date }): Promise<Session | undefined>
  }
  records: { put(sessions: readonly Session[]): Promise<void> }
  onConfirmed: () => void
  now: () => Date
  logger: Pick<Logger, 'info' | 'warn'>
}

/** False where no review of the session was open, or the proof said nothing about it. */
export const createConfirmSession =
  ({ reviews, records, onConfirmed, now, logger }: ConfirmSessionDeps) =>
  async (input: ConfirmSessionInput): Promise<boolean> => {
    const session = await reviews.confirm({ ...input, at: now() })
    if (session === undefined) return false
    const about = { session_id: session.id, user_id: session.userId }
    onConfirmed()
    logger.info(about, 'session was confirmed by its owner')
    await records
      .put([session])
      .catch(error => logger.warn({ ...about, error }, 'a session was not noted in redis'))
    return true
  }

export type ConfirmSession = ReturnType<typeof createConfirmSession>
