/**
 * The signed-in user's organizations: what members see of theirs, and what owners do in them. Calls about an organization
 * throw AuthProblem `ORGANIZATION_NOT_FOUND` for one that is not the user's, those for owners `NOT_AN_OWNER` for members.
 */
import type { ClientApi } from './client-api.ts'

export interface AuthOrganization {
  readonly id: string
  readonly slug: string
  readonly name: string
  /** The user's own in it. */
  readonly roles: readonly string[]
}

export interface AuthMember {
  readonly user: { readonly id: string; readonly email: string; readonly name: string }
  readonly roles: readonly string[]
  /** RFC 3339. */
  readonly joined_at: string
}

export interface MemberPage {
  readonly members: readonly AuthMember[]
  /** Leads to the next page; undefined on the last. */
  readonly next_cursor?: string
}

export interface AuthInvitation {
  readonly id: string
  readonly email: string
  readonly roles: readonly string[]
  /** RFC 3339. */
  readonly created_at: string
  /** RFC 3339. */
  readonly expires_at: string
}

export interface NewInvitation {
  readonly email: string
  readonly roles?: readonly string[]
  /** Of the mail. */
  readonly locale?: string
}

const base = '/auth/organizations'
const pathOf = (id: string, ...more: readonly string[]): string =>
  [base, ...[id, ...more].map(encodeURIComponent)].join('/')

export const createOrganizationCalls = ({ sendSignedIn }: ClientApi) => ({
  list: async (): Promise<readonly AuthOrganization[]> =>
    (
      await sendSignedIn<{ readonly organizations: readonly AuthOrganization[] }>({
        method: 'GET',
        path: base,
      })
    ).organizations,

  /** For owners. */
  members: (id: string, page: { readonly limit?: number; readonly cursor?: string } = {}) => {
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries(page)) if (value !== undefined) query.set(name, String(value))
    return sendSignedIn<MemberPage>({ method: 'GET', path: `${pathOf(id, 'members')}?${query}` })
  },

  /** For owners, of who is a member. @throws AuthProblem `MEMBER_NOT_FOUND`, `ROLE_NOT_FOUND`, `LAST_OWNER` */
  setRoles: async (
    id: string,
    userId: string,
    change: { readonly roles: readonly string[] },
  ): Promise<void> => {
    await sendSignedIn({ method: 'PUT', path: pathOf(id, 'members', userId), json: change })
  },

  /** For owners; members may leave by themselves. @throws AuthProblem `MEMBER_NOT_FOUND`, `LAST_OWNER` */
  removeMember: async (id: string, userId: string): Promise<void> => {
    await sendSignedIn({ method: 'DELETE', path: pathOf(id, 'members', userId) })
  },

  /** For owners: the open ones. */
  invitations: async (id: string): Promise<readonly AuthInvitation[]> =>
    (
      await sendSignedIn<{ readonly invitations: readonly AuthInvitation[] }>({
        method: 'GET',
        path: pathOf(id, 'invitations'),
      })
    ).invitations,

  /** For owners: sends a mail, good for 7 days. @throws AuthProblem `ROLE_NOT_FOUND`, `TOO_MANY_INVITATIONS` */
  invite: (id: string, invitation: NewInvitation) =>
    sendSignedIn<AuthInvitation>({ method: 'POST', path: pathOf(id, 'invitations'), json: invitation }),

  /** For owners. @throws AuthProblem `INVITATION_NOT_FOUND` */
  withdrawInvitation: async (id: string, invitationId: string): Promise<void> => {
    await sendSignedIn({ method: 'DELETE', path: pathOf(id, 'invitations', invitationId) })
  },

  /**
   * Joins with the token of a mail's link.
   * @throws AuthProblem `INVALID_INVITATION`, `INVITATION_OF_ANOTHER`, `TOO_MANY_ORGANIZATIONS`
   */
  acceptInvitation: async (proof: {
    readonly token: string
  }): Promise<Pick<AuthOrganization, 'id' | 'name'>> =>
    (
      await sendSignedIn<{ readonly organization: Pick<AuthOrganization, 'id' | 'name'> }>({
        method: 'POST',
        path: '/auth/invitations/accept',
        json: proof,
      })
    ).organization,
})
