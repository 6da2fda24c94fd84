/** Somebody does without a password from now on, where something else opens their account. Their other sessions end. */
import type { SessionId, UserId } from '../domain/ids.ts'

export interface RemovePasswordDeps {
  readonly passwords: {
    remove(userId: UserId, exceptSessionId: SessionId, at: Date): Promise<'removed' | 'none' | 'last_way_in'>
  }
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export const createRemovePassword =
  ({ passwords, settle, now }: RemovePasswordDeps) =>
  async (userId: UserId, sessionId: SessionId): Promise<'removed' | 'none' | 'last_way_in'> => {
    const outcome = await passwords.remove(userId, sessionId, now())
    if (outcome === 'removed') await settle()
    return outcome
  }

export type RemovePassword = ReturnType<typeof createRemovePassword>
