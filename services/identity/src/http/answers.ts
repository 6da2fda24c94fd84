/** How users and tokens are written on the wire. */
import type { ManagedUser } from '../domain/managed-user.ts'
import type { TokenSet } from '../domain/sign-in.ts'
import type { User } from '../domain/user.ts'

export const userJson = (user: User) => ({
  id: user.id,
  email: user.email,
  name: user.name,
  email_verified: user.emailVerifiedAt !== undefined,
  metadata: user.metadata,
  created_at: user.createdAt.toISOString(),
  updated_at: user.updatedAt.toISOString(),
})

/** For operators: null where there is no such instant. */
export const managedUserJson = (user: ManagedUser) => ({
  ...userJson(user),
  disabled: user.disabledAt !== undefined,
  disabled_at: user.disabledAt?.toISOString() ?? null,
  locked_until: user.lockedUntil?.toISOString() ?? null,
  last_login_at: user.lastLoginAt?.toISOString() ?? null,
  has_password: user.hasPassword,
  roles: user.roles,
})

/** @see RFC 6749 §5.1 */
export const signedInJson = (user: User, tokens: TokenSet) => ({
  user: userJson(user),
  access_token: tokens.accessToken,
  refresh_token: tokens.refreshToken,
  token_type: 'Bearer',
  expires_in: tokens.expiresInSeconds,
  refresh_expires_in: tokens.refreshExpiresInSeconds,
})
