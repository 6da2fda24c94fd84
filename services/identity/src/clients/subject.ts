/** A user in the words of the token service. */
import { type Subject, toTimestamp } from '@latchkey/contracts'
import type { AuthorizedUser } from '../domain/authority.ts'
import type { BegunSession, SessionStart } from '../domain/sign-in.ts'

export const toSubject = ({ user, authority }: AuthorizedUser): Subject => ({
  userId: user.id,
  email: user.email,
  emailVerified: user.emailVerifiedAt !== undefined,
  name: user.name,
  version: user.version,
  roles: [...authority.roles],
  permissions: [...authority.permissions],
  organizations: authority.organizations.map(({ id, slug, name, roles, permissions }) => ({
    organizationId: id,
    slug,
    name,
    roles: [...roles],
    permissions: [...permissions],
  })),
})

/** A sign-in of somebody of whom it is known what they may do. */
export type AuthorizedStart = SessionStart & AuthorizedUser

/** Who has signed in, how and when, and until when it may count. */
export const toSignIn = (
  { methods, authenticatedAt, ...authorized }: AuthorizedStart,
  session: BegunSession,
) => ({
  subject: toSubject(authorized),
  sessionId: session.id,
  sessionEndsAt: toTimestamp(session.endsAt),
  authenticatedAt: toTimestamp(authenticatedAt),
  authenticationMethods: [...methods],
})
