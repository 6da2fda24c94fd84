/**
 * Somebody has proven once more who they are, in a session and from an address: a review of the session ends, if it was about
 * that address. Never fails: the proof counts for what it was asked for, whoever else is away.
 */
import type { SessionId, UserId } from '../domain/ids.ts'

export interface VouchForSessionDeps {
  readonly sessions: {
    vouch(proof: { userId: UserId; id: SessionId; ipAddress: string }): Promise<void>
  }
  readonly logger: { warn(members: object, message: string): void }
}

export const createVouchForSession =
  ({ sessions, logger }: VouchForSessionDeps) =>
  async (userId: UserId, sessionId: SessionId, ipAddress: string): Promise<void> => {
    try {
      await sessions.vouch({ userId, id: sessionId, ipAddress })
    } catch (error) {
      logger.warn({ session_id: sessionId, error }, 'a session could not be confirmed')
    }
  }

export type VouchForSession = ReturnType<typeof createVouchForSession>
