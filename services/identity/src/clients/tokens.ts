/** What identity asks of the token service, for the first-party API. What it asks for pages is in `browsers.ts`. */
import { type TokenClient, toTimestamp } from '@latchkey/contracts'
import type { AuthorizedUser } from '../domain/authority.ts'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { BegunSession, TokenSet } from '../domain/sign-in.ts'
import { type AuthorizedStart, toSignIn, toSubject } from './subject.ts'

export const createTokens = (
  client: Pick<
    TokenClient,
    'issueTokens' | 'updateSubject' | 'updateSubjects' | 'deleteSubject' | 'endOfflineAccess'
  >,
) => ({
  issue: async (start: AuthorizedStart, session: BegunSession): Promise<TokenSet> => {
    const tokens = await client.issueTokens(toSignIn(start, session))
    return {
      accessToken: tokens.accessToken,
      refreshToken: tokens.refreshToken,
      expiresInSeconds: tokens.expiresInSeconds,
      refreshExpiresInSeconds: tokens.refreshExpiresInSeconds,
    }
  },

  /** Idempotent; an older version changes nothing. */
  updateSubject: async (user: AuthorizedUser): Promise<void> => {
    await client.updateSubject({ subject: toSubject(user) })
  },

  /** At most a hundred. Idempotent; an older version changes nothing. */
  updateSubjects: async (users: readonly AuthorizedUser[]): Promise<void> => {
    await client.updateSubjects({ subjects: users.map(toSubject) })
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
