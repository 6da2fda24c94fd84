/**
 * Roles and permissions: names that programs know, in tokens and in code. A role's name never changes; what it allows
 * does. Roles of one kind are a user's everywhere, those of the other within one organization.
 */
import type { Brand } from '@latchkey/runtime/ids'
import { accepted, type Checked, refused } from './violation.ts'

export type RoleName = Brand<string, 'RoleName'>
export type Permission = Brand<string, 'Permission'>

export const roleKinds = ['user', 'organization'] as const

export type RoleKind = (typeof roleKinds)[number]

export interface Role {
  readonly name: RoleName
  readonly kind: RoleKind
  readonly description: string
  readonly permissions: readonly Permission[]
  /** Who has it must have proven a second factor to sign in. */
  readonly requiresSecondFactor: boolean
  /** Comes with Latchkey: it stays. */
  readonly isBuiltIn: boolean
  /** How many have it; in an organization, once for each. */
  readonly holders: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type NewRole = Pick<Role, 'name' | 'kind' | 'description' | 'permissions' | 'requiresSecondFactor'>

/** Undefined leaves a member as it is; permissions are replaced whole. */
export interface RoleChange {
  readonly description?: string | undefined
  readonly permissions?: readonly Permission[] | undefined
  readonly requiresSecondFactor?: boolean | undefined
}

export type RoleDeletion =
  | { readonly outcome: 'deleted' }
  | { readonly outcome: 'unknown' | 'built_in' }
  /** Somebody has it, and nobody said that it is to be taken from them. */
  | { readonly outcome: 'in_use'; readonly holders: number }

export type RoleAssignment = 'assigned' | 'unknown_user' | 'unknown_role' | 'too_many'

/** Whoever has it in an organization manages its members. */
export const ownerRole = 'owner' as RoleName

/** They stand in tokens, which stand in headers. */
export const permissionsPerRole = 100
export const rolesPerUser = 50

const roleForm = /^[A-Za-z0-9](?:[A-Za-z0-9:._-]{0,62}[A-Za-z0-9])?$/

export const parseRoleName = (text: string): Checked<RoleName> =>
  roleForm.test(text)
    ? accepted(text as RoleName)
    : refused({
        code: 'role_name_invalid',
        message:
          'must have 1 to 64 letters, digits and : . _ - and neither begin nor end with one of the latter',
      })

/** As a scope is written: `orders:read`. @see RFC 6749 §3.3 */
const permissionForm = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/

export const parsePermission = (text: string): Checked<Permission> =>
  permissionForm.test(text)
    ? accepted(text as Permission)
    : refused({
        code: 'permission_invalid',
        message: 'must have 1 to 100 printable ASCII characters, without spaces, quotes and backslashes',
      })
