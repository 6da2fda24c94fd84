/** What identity asks of the token service. */
import { type Subject, type TokenClient, toTimestamp } from '@latchkey/contracts'
import type { UserId } from '../domain/ids.ts'
import type { BegunSession, SessionStart, TokenSet } from '../domain/sign-in.ts'
import type { User } from '../domain/user.ts'

// RFC 8176 §2: the user gave a password.
const passwordMethods = ['pwd']

const toSubject = (user: User): Subject => ({
  userId: user.id,
  email: user.email,
  emailVerified: user.emailVerifiedAt !== undefined,
  name: user.name,
  version: user.version,
})

export const createTokens = (
  client: Pick<TokenClient, 'issueTokens' | 'updateSubject' | 'deleteSubject'>,
) => ({
  issue: async ({ user, authenticatedAt }: SessionStart, session: BegunSession): Promise<TokenSet> => {
    const tokens = await client.issueTokens({
      subject: toSubject(user),
      sessionId: session.id,
      sessionEndsAt: toTimestamp(session.endsAt),
      authenticatedAt: toTimestamp(authenticatedAt),
      authenticationMethods: passwordMethods,
    })
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
})
