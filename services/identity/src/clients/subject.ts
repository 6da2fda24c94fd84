/** A user in the words of the token service. */
import { type Subject, toTimestamp } from '@latchkey/contracts'
import type { BegunSession, SessionStart } from '../domain/sign-in.ts'
import type { User } from '../domain/user.ts'

export const toSubject = (user: User): Subject => ({
  userId: user.id,
  email: user.email,
  emailVerified: user.emailVerifiedAt !== undefined,
  name: user.name,
  version: user.version,
})

/** Who has signed in, how and when, and until when it may count. */
export const toSignIn = ({ user, methods, authenticatedAt }: SessionStart, session: BegunSession) => ({
  subject: toSubject(user),
  sessionId: session.id,
  sessionEndsAt: toTimestamp(session.endsAt),
  authenticatedAt: toTimestamp(authenticatedAt),
  authenticationMethods: [...methods],
})
