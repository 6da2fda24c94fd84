/** How users and tokens are written on the wire. */

import type { ManagedUser } from '../domain/managed-user.ts'
import type { Member, Organization } from '../domain/organization.ts'
import type { Invitation } from '../domain/organization-invitation.ts'
import type { Passkey } from '../domain/passkey.ts'
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

export const organizationJson = (organization: Organization) => ({
  id: organization.id,
  slug: organization.slug,
  name: organization.name,
  metadata: organization.metadata,
  members: organization.members,
  created_at: organization.createdAt.toISOString(),
  updated_at: organization.updatedAt.toISOString(),
})

export const memberJson = ({ id, email, name, roles, createdAt }: Member) => ({
  user: { id, email, name },
  roles,
  joined_at: createdAt.toISOString(),
})

export const invitationJson = ({ id, email, roles, createdAt, expiresAt }: Invitation) => ({
  id,
  email,
  roles,
  created_at: createdAt.toISOString(),
  expires_at: expiresAt.toISOString(),
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

export const passkeyJson = ({ id, name, isBackupEligible, isBackedUp, transports, ...passkey }: Passkey) => ({
  id,
  name,
  /** `synced` ones can be on several devices; `device` ones never leave the one that made them. */
  kind: isBackupEligible ? 'synced' : 'device',
  backed_up: isBackedUp,
  transports,
  created_at: passkey.createdAt.toISOString(),
  last_used_at: passkey.lastUsedAt?.toISOString() ?? null,
})
