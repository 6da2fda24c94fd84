/** Organizations: who makes them, who belongs to them, who is invited. */
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import type { Seal } from './domain/seal.ts'
import { createWaitingInvitations } from './domain/waiting-invitation.ts'
import { createAnswerInvitations } from './usecases/answer-invitations.ts'
import { createInvitations } from './usecases/invite-member.ts'
import { createManageMembers } from './usecases/manage-members.ts'
import { createManageOrganizations } from './usecases/manage-organizations.ts'

export interface OrganizationsInit {
  readonly settings: Pick<IdentitySettings, 'MAIL_SEALING_KEY'>
  readonly stores: Pick<
    Stores,
    | 'organizations'
    | 'organizationMembers'
    | 'organizationInvitations'
    | 'ownInvitations'
    | 'findOrganizationAccess'
  >
  readonly seal: Seal
  readonly relaySoon: () => void
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export const composeOrganizations = (init: OrganizationsInit) => {
  const { settings, stores, seal, relaySoon, settle, now } = init
  const { organizations, organizationMembers, organizationInvitations, findOrganizationAccess } = stores
  const invitations = createInvitations({
    findAccess: findOrganizationAccess,
    invitations: organizationInvitations,
    waiting: createWaitingInvitations(settings.MAIL_SEALING_KEY),
    seal,
    relaySoon,
    settle,
    now,
  })
  return {
    listOwnOrganizations: organizations.listOf,
    manageOrganizations: createManageOrganizations({ organizations, settle, now }),
    manageMembers: createManageMembers({
      findAccess: findOrganizationAccess,
      members: organizationMembers,
      settle,
      now,
    }),
    invitations,
    answerInvitations: createAnswerInvitations({
      ownInvitations: stores.ownInvitations,
      invitations: organizationInvitations,
      settle,
      now,
    }),
  }
}
