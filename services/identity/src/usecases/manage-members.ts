/** Who belongs to an organization: what operators, and owners in their own, say about it. */
import type { OrganizationId, UserId } from '../domain/ids.ts'
import type {
  Actor,
  Member,
  MemberChange,
  MemberPage,
  MembershipRefusal,
  NoAccess,
  OrganizationAccess,
} from '../domain/organization.ts'

export interface ManageMembersDeps {
  readonly findAccess: (organizationId: OrganizationId, actor: Actor) => Promise<OrganizationAccess>
  readonly members: {
    list(page: MemberPage): Promise<readonly Member[]>
    put(change: MemberChange): Promise<'done' | MembershipRefusal>
    remove(actor: Actor, organizationId: OrganizationId, userId: UserId): Promise<'done' | MembershipRefusal>
  }
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export const createManageMembers = ({ findAccess, members, settle, now }: ManageMembersDeps) => {
  const settled = async (change: Promise<'done' | MembershipRefusal>) => {
    const outcome = await change
    if (outcome === 'done') await settle()
    return outcome
  }
  return {
    list: async (actor: Actor, page: MemberPage): Promise<readonly Member[] | NoAccess> => {
      const { outcome } = await findAccess(page.organizationId, actor)
      return outcome === 'allowed' ? members.list(page) : outcome
    },
    put: (change: Omit<MemberChange, 'at'>) => settled(members.put({ ...change, at: now() })),
    remove: (actor: Actor, organizationId: OrganizationId, userId: UserId) =>
      settled(members.remove(actor, organizationId, userId)),
  }
}

export type ManageMembers = ReturnType<typeof createManageMembers>
