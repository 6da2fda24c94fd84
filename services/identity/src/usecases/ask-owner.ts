/** `session.flagged` reaches this service: the owner of the session is asked by mail whether its use is theirs. */
import { createUuid } from '@latchkey/runtime/ids'
import { z } from 'zod'
import type { DeviceHash, SessionId, UserId } from '../domain/ids.ts'
import type { MintNotMeLink, NotMeNotice } from '../domain/not-me-link.ts'
import type { Seal } from '../domain/seal.ts'
import { isSessionEvent } from '../domain/session-event.ts'
import type { User } from '../domain/user.ts'

const sessionFlagged = z.object({
  session_id: z.uuid().transform(id => id as SessionId),
  user_id: z.uuid().transform(id => id as UserId),
  device_id: z
    .string()
    .nullable()
    .transform(hash => (hash ?? undefined) as DeviceHash | undefined),
  flagged_at: z.coerce.date(),
})

export interface AskOwnerDeps {
  readonly users: { findById(id: UserId): Promise<User | undefined> }
  readonly notMeLinks: {
    /** False where the owner was asked about this review already. */
    notify(notice: NotMeNotice): Promise<boolean>
  }
  readonly mintNotMeLink: MintNotMeLink
  readonly seal: Seal
  /** The mail need not wait for the next look into the outbox. */
  readonly relaySoon: () => void
  readonly logger: { error(members: object, message: string): void }
}

/**
 * Idempotent, for an event may come more than once: one mail for one review. One that can't be read is logged and dropped.
 * @throws what the database failed with, and the event is tried again
 */
export const createAskOwner =
  ({ users, notMeLinks, mintNotMeLink, seal, relaySoon, logger }: AskOwnerDeps) =>
  async (event: unknown): Promise<void> => {
    if (!isSessionEvent(event, 'session.flagged')) return
    const parsed = sessionFlagged.safeParse(event)
    if (!parsed.success) {
      logger.error({ error: parsed.error }, 'an event of the session service has an unknown shape')
      return
    }
    const { session_id: sessionId, user_id: userId, device_id: device, flagged_at: flaggedAt } = parsed.data
    const user = await users.findById(userId)
    // Deleted, or disabled: then the session has ended anyway.
    if (user === undefined || user.disabledAt !== undefined) return
    const { rawToken, link } = mintNotMeLink({ userId, sessionId, device, flaggedAt })
    const sealedData = await seal({ token: rawToken })
    const notice = { template: 'session_review' as const, messageId: createUuid(), link, sealedData }
    if (await notMeLinks.notify({ ...notice, recipient: user.email })) relaySoon()
  }

export type AskOwner = ReturnType<typeof createAskOwner>
