/** Organizations: who makes them, who belongs to them, who is invited. */
import type { Stores } from './compose-stores.ts'
import type { Seal } from './domain/seal.ts'
import { createInvitations } from './usecases/invite-member.ts'
import { createManageMembers } from './usecases/manage-members.ts'
import { createManageOrganizations } from './usecases/manage-organizations.ts'

export interface OrganizationsInit {
  readonly stores: Pick<
    Stores,
    'organizations' | 'organizationMembers' | 'organizationInvitations' | 'findOrganizationAccess'
  >
  readonly seal: Seal
  readonly relaySoon: () => void
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export const composeOrganizations = ({ stores, seal, relaySoon, settle, now }: OrganizationsInit) => {
  const { organizations, organizationMembers, organizationInvitations, findOrganizationAccess } = stores
  return {
    listOwnOrganizations: organizations.listOf,
    manageOrganizations: createManageOrganizations({ organizations, settle, now }),
    manageMembers: createManageMembers({
      findAccess: findOrganizationAccess,
      members: organizationMembers,
      settle,
      now,
    }),
    invitations: createInvitations({
      findAccess: findOrganizationAccess,
      invitations: organizationInvitations,
      seal,
      relaySoon,
      settle,
      now,
    }),
  }
}
