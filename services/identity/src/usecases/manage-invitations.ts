/** The open invitations of an organization: what operators, and owners of their own, see of them and take back. */
import type { OrganizationId } from '../domain/ids.ts'
import type { Actor, NoAccess, OrganizationAccess } from '../domain/organization.ts'
import type { Invitation } from '../domain/organization-invitation.ts'

export type WithdrawalOutcome = 'withdrawn' | 'unknown' | NoAccess

export interface ManageInvitationsDeps {
  readonly findAccess: (organizationId: OrganizationId, actor: Actor) => Promise<OrganizationAccess>
  readonly invitations: {
    list(organizationId: OrganizationId, at: Date): Promise<readonly Invitation[]>
    withdraw(actor: Actor, organizationId: OrganizationId, id: string, at: Date): Promise<WithdrawalOutcome>
  }
  readonly now: () => Date
}

export const createManageInvitations = ({ findAccess, invitations, now }: ManageInvitationsDeps) => ({
  list: async (actor: Actor, organizationId: OrganizationId): Promise<readonly Invitation[] | NoAccess> => {
    const { outcome } = await findAccess(organizationId, actor)
    return outcome === 'allowed' ? invitations.list(organizationId, now()) : outcome
  },
  withdraw: (actor: Actor, organizationId: OrganizationId, id: string) =>
    invitations.withdraw(actor, organizationId, id, now()),
})

export type ManageInvitations = ReturnType<typeof createManageInvitations>
