/**
 * What a user may do, as identity told it last, and what tokens say of it. Roles of the installation come with the scope
 * `roles`; those of one organization, the one that the grant is about, with the scope `organization`, under names of their
 * own: what somebody may do in one organization can't be taken for what they may do everywhere (ADR 22).
 *
 * @see RFC 9068 §2.2.3.1 for `roles`
 */
import { parseScope } from '@latchkey/oauth'
import type { OrganizationId } from './ids.ts'

/** A user's place in an organization. */
export interface Membership {
  readonly id: OrganizationId
  /** Its name in requests. */
  readonly slug: string
  /** Its name for people. */
  readonly name: string
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
}

export interface Authority {
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
  readonly organizations: readonly Membership[]
}

export const noAuthority: Authority = { roles: [], permissions: [], organizations: [] }

export const rolesScope = 'roles'
export const organizationScope = 'organization'

/** What a token is about, as far as it matters here. */
export interface AuthorityContext {
  readonly scope: string
  readonly organizationId?: OrganizationId | undefined
}

/** Whether tokens of that scope can't be made without knowing what their subject may do. */
export const needsAuthority = (scope: string): boolean =>
  parseScope(scope).some(each => each === rolesScope || each === organizationScope)

/** The organization that a token of that scope is about; undefined where it is about none. */
export const organizationOf = ({ scope, organizationId }: AuthorityContext): OrganizationId | undefined =>
  parseScope(scope).includes(organizationScope) ? organizationId : undefined

export const findMembership = (
  { organizations }: Authority,
  organizationId: OrganizationId | undefined,
): Membership | undefined => organizations.find(({ id }) => id === organizationId)

const unlessEmpty = (values: readonly string[]): string[] | undefined =>
  values.length === 0 ? undefined : values.slice()

/** Of the organization alone; empty where the user is no member. */
export const organizationClaims = (authority: Authority, context: AuthorityContext) => {
  const membership = findMembership(authority, organizationOf(context))
  return {
    org_id: membership?.id,
    org_name: membership?.name,
    org_roles: unlessEmpty(membership?.roles ?? []),
    org_permissions: unlessEmpty(membership?.permissions ?? []),
  }
}

/** Members without a value are undefined. */
export const authorityClaims = (authority: Authority, context: AuthorityContext) => {
  const has = parseScope(context.scope).includes(rolesScope)
  return {
    roles: has ? unlessEmpty(authority.roles) : undefined,
    permissions: has ? unlessEmpty(authority.permissions) : undefined,
    ...organizationClaims(authority, context),
  }
}

export type AuthorityClaims = ReturnType<typeof authorityClaims>
