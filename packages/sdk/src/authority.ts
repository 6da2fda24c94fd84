/**
 * What the user of a token may do, beside what the client may: roles and permissions of the installation, and those within
 * the organization that the token is about. One is never taken for the other.
 */
import type { AccessTokenClaims } from './access-token-claims.ts'

/** One name or several. */
export type Names = string | readonly string[]

/** What the user must be allowed to do: all that is named. */
export interface AuthorityRule {
  /** At least one of these roles. */
  readonly role?: Names
  /** All of these permissions. */
  readonly permission?: Names
  /**
   * The id of an organization: the token must be about it, and roles and permissions are those that the user has there.
   * Without it, they are those that count everywhere.
   */
  readonly organization?: string
}

/** A good token whose user may not do this: no other token of theirs would help. Answer 403. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError'
  readonly status = 403
  readonly code = 'forbidden'
  readonly rule: AuthorityRule

  constructor(rule: AuthorityRule) {
    super('The user may not do this')
    this.rule = rule
  }
}

const listOf = (names: Names | undefined): readonly string[] =>
  typeof names === 'string' ? [names] : (names ?? [])

/**
 * Checks what the user of a token may do. Tokens say so where their client asked for the scopes `roles` or `organization`.
 * @throws ForbiddenError; TypeError for a rule that asks for nothing
 */
export const assertAuthority = (claims: AccessTokenClaims, rule: AuthorityRule): void => {
  const { organization } = rule
  const [roles, permissions] = [listOf(rule.role), listOf(rule.permission)]
  if (roles.length === 0 && permissions.length === 0 && organization === undefined)
    throw new TypeError('a rule names a role, a permission or an organization')
  const isThere = organization === undefined || claims.org_id === organization
  const has =
    organization === undefined
      ? { roles: claims.roles, permissions: claims.permissions }
      : { roles: claims.org_roles, permissions: claims.org_permissions }
  const hasRole = roles.length === 0 || roles.some(each => has.roles?.includes(each))
  const mayAll = permissions.every(each => has.permissions?.includes(each))
  if (!isThere || !hasRole || !mayAll) throw new ForbiddenError(rule)
}
