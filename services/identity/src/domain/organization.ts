/**
 * Organizations: the customers, teams or tenants that users belong to. Operators make and name them, since their names stand
 * in mails; owners say who belongs to them.
 */
import type { Brand } from '@latchkey/runtime/ids'
import { isUuid } from '@latchkey/runtime/ids'
import type { OrganizationId, UserId } from './ids.ts'
import type { RoleName } from './role.ts'
import type { UserMetadata } from './user-metadata.ts'
import type { UserName } from './user-name.ts'
import { accepted, type Checked, refused } from './violation.ts'

export type OrganizationSlug = Brand<string, 'OrganizationSlug'>

export interface Organization {
  readonly id: OrganizationId
  /** Its name in requests and URLs. */
  readonly slug: OrganizationSlug
  /** Its name for people: one line, as a user's is. */
  readonly name: UserName
  readonly metadata: UserMetadata
  readonly members: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type NewOrganization = Pick<Organization, 'id' | 'slug' | 'name' | 'metadata'>

/** Undefined leaves a member as it is; metadata is replaced whole. */
export interface OrganizationChange {
  readonly slug?: OrganizationSlug | undefined
  readonly name?: UserName | undefined
  readonly metadata?: UserMetadata | undefined
}

export interface Member {
  readonly id: UserId
  readonly email: string
  readonly name: string
  readonly roles: readonly string[]
  readonly createdAt: Date
}

/** One of a user's organizations, as they see it. */
export interface OwnOrganization extends Pick<Organization, 'id' | 'slug' | 'name'> {
  readonly roles: readonly string[]
}

/** Who changes an organization's members: an operator, or one of its owners. */
export type Actor = { readonly kind: 'operator' } | { readonly kind: 'user'; readonly userId: UserId }

export const operatorActor: Actor = { kind: 'operator' }

/** To somebody who does not belong to it an organization is one that does not exist. */
export type OrganizationAccess =
  | { readonly outcome: 'allowed'; readonly name: string }
  | { readonly outcome: NoAccess }

export type NoAccess = 'unknown_organization' | 'not_owner'

export interface MemberChange {
  readonly actor: Actor
  readonly organizationId: OrganizationId
  readonly userId: UserId
  /** All that the member is to have. */
  readonly roles: readonly RoleName[]
  readonly at: Date
}

/** What stands in the way of a change of who belongs to an organization. */
export type MembershipRefusal =
  /** There is none, or the actor has nothing to do with it: nobody is told which. */
  NoAccess | 'unknown_user' | 'unknown_role' | 'last_owner' | 'too_many'

export interface OrganizationPage {
  readonly limit: number
  readonly after?: { readonly id: string; readonly createdAt: Date } | undefined
  readonly slug?: string | undefined
  /** A part of the name or of the slug. */
  readonly search?: string | undefined
}

export interface MemberPage {
  readonly organizationId: OrganizationId
  readonly limit: number
  readonly after?: { readonly id: string; readonly createdAt: Date } | undefined
}

/** They stand in the snapshot that tokens are made of. */
export const organizationsPerUser = 50

const slugForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** A label as hosts have it, and no UUID: a request may name an organization by either. */
export const parseOrganizationSlug = (text: string): Checked<OrganizationSlug> =>
  slugForm.test(text) && !isUuid(text)
    ? accepted(text as OrganizationSlug)
    : refused({
        code: 'slug_invalid',
        message:
          'must have 1 to 63 lower-case letters, digits and dashes, no dash at either end, and be no UUID',
      })
