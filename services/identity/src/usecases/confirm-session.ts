/** The owner of an account says that a session under review is theirs. The link in the mail is the proof; it stays usable. */
import type { NotMeTokenHash, SessionId, UserId } from '../domain/ids.ts'
import { hashNotMeToken, type NotMeSubject } from '../domain/not-me-link.ts'

export interface ConfirmSessionDeps {
  readonly notMeLinks: { find(tokenHash: NotMeTokenHash, at: Date): Promise<NotMeSubject | undefined> }
  readonly sessions: {
    /** Ends the review that began then, if it is open. */
    confirm(confirmation: { userId: UserId; id: SessionId; flaggedAt: Date }): Promise<void>
  }
  readonly now: () => Date
}

export type ConfirmSessionOutcome = 'confirmed' | 'invalid_token'

/** A session that has ended already stays so: its device signs in again. */
export const createConfirmSession =
  ({ notMeLinks, sessions, now }: ConfirmSessionDeps) =>
  async (rawToken: string): Promise<ConfirmSessionOutcome> => {
    const link = await notMeLinks.find(hashNotMeToken(rawToken), now())
    if (link?.flaggedAt === undefined) return 'invalid_token'
    await sessions.confirm({ userId: link.userId, id: link.sessionId, flaggedAt: link.flaggedAt })
    return 'confirmed'
  }

export type ConfirmSession = ReturnType<typeof createConfirmSession>
