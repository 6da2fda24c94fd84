/** What identity asks of the token service, for the first-party API. What it asks for pages is in `browsers.ts`. */
import { type TokenClient, toTimestamp } from '@latchkey/contracts'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { BegunSession, SessionStart, TokenSet } from '../domain/sign-in.ts'
import type { User } from '../domain/user.ts'
import { toSignIn, toSubject } from './subject.ts'

export const createTokens = (
  client: Pick<TokenClient, 'issueTokens' | 'updateSubject' | 'deleteSubject' | 'endOfflineAccess'>,
) => ({
  issue: async (start: SessionStart, session: BegunSession): Promise<TokenSet> => {
    const tokens = await client.issueTokens(toSignIn(start, session))
    return {
      accessToken: tokens.accessToken,
      refreshToken: tokens.refreshToken,
      expiresInSeconds: tokens.expiresInSeconds,
      refreshExpiresInSeconds: tokens.refreshExpiresInSeconds,
    }
  },

  /** Idempotent; an older version changes nothing. */
  updateSubject: async (user: User): Promise<void> => {
    await client.updateSubject({ subject: toSubject(user) })
  },

  /** Idempotent. */
  deleteSubject: async (userId: UserId): Promise<void> => {
    await client.deleteSubject({ userId })
  },

  /** Of sign-ins until then, in one session where it is named. Idempotent. */
  endOfflineAccess: async (
    userId: UserId,
    signedInUntil: Date,
    sessionId: SessionId | undefined,
  ): Promise<void> => {
    await client.endOfflineAccess({
      userId,
      signedInUntil: toTimestamp(signedInUntil),
      sessionId: sessionId ?? '',
    })
  },
})
