/** Whether somebody proved who they are lately enough, in this session, for a change that matters. @see ASVS 7.5.1 */
import type { SessionId, UserId } from '../domain/ids.ts'

export interface IsRecentlyAuthenticatedDeps {
  readonly authentications: {
    findLatest(userId: UserId, sessionId: SessionId): Promise<Date | undefined>
  }
  readonly maxAgeSeconds: number
  readonly now: () => Date
}

export const createIsRecentlyAuthenticated =
  ({ authentications, maxAgeSeconds, now }: IsRecentlyAuthenticatedDeps) =>
  async ({ userId, sessionId }: { userId: UserId; sessionId: SessionId }): Promise<boolean> => {
    const at = await authentications.findLatest(userId, sessionId)
    return at !== undefined && now().getTime() - at.getTime() < maxAgeSeconds * 1_000
  }

export type IsRecentlyAuthenticated = ReturnType<typeof createIsRecentlyAuthenticated>
