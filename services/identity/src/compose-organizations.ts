/** Organizations: who makes them, who belongs to them, who is invited. */
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import type { Seal } from './domain/seal.ts'
import { createWaitingInvitations } from './domain/waiting-invitation.ts'
import { createAcceptInvitation } from './usecases/accept-invitation.ts'
import { createAnswerInvitations } from './usecases/answer-invitations.ts'
import { createFindInvitation } from './usecases/find-invitation.ts'
import { createFindWaitingInvitation } from './usecases/find-waiting-invitation.ts'
import { createHoldInvitation } from './usecases/hold-invitation.ts'
import { createInviteMember } from './usecases/invite-member.ts'
import { createManageInvitations } from './usecases/manage-invitations.ts'
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
  const { organizations, findOrganizationAccess: findAccess, organizationInvitations: invitations } = stores
  const waiting = createWaitingInvitations(settings.MAIL_SEALING_KEY)
  const findInvitation = createFindInvitation({ invitations, waiting, now })
  return {
    listOwnOrganizations: organizations.listOf,
    manageOrganizations: createManageOrganizations({ organizations, settle, now }),
    manageMembers: createManageMembers({ findAccess, members: stores.organizationMembers, settle, now }),
    inviteMember: createInviteMember({ invitations, seal, relaySoon, now }),
    manageInvitations: createManageInvitations({ findAccess, invitations, now }),
    findInvitation,
    holdInvitation: createHoldInvitation({ waiting, now }),
    findWaitingInvitation: createFindWaitingInvitation({ findInvitation }),
    acceptInvitation: createAcceptInvitation({ findInvitation, invitations, settle, now }),
    answerInvitations: createAnswerInvitations({
      ownInvitations: stores.ownInvitations,
      invitations,
      settle,
      now,
    }),
  }
}
