/** The one table from what is decided about organizations to the problems that clients get. */
import { Problem, tooManyRequests } from '@latchkey/runtime/problem'
import { type MembershipRefusal, organizationsPerUser } from '../domain/organization.ts'
import { refusals } from './refusals.ts'

export const organizationRefusals = {
  /** Also to somebody who has nothing to do with it. */
  unknown: () =>
    new Problem({ status: 404, code: 'ORGANIZATION_NOT_FOUND', detail: 'There is no such organization' }),

  slug_taken: () =>
    new Problem({
      status: 409,
      code: 'ORGANIZATION_EXISTS',
      detail: 'There is an organization of this slug',
    }),

  unknown_invitation: () =>
    new Problem({ status: 404, code: 'INVITATION_NOT_FOUND', detail: 'There is no such open invitation' }),

  too_many_invitations: () => tooManyRequests('Too many invitations for now', 3_600, 'TOO_MANY_INVITATIONS'),

  too_many_organizations: () =>
    new Problem({
      status: 409,
      code: 'TOO_MANY_ORGANIZATIONS',
      detail: `A user belongs to at most ${organizationsPerUser} organizations`,
    }),

  invalid_invitation: () =>
    new Problem({ status: 400, code: 'INVALID_INVITATION', detail: 'Invalid or expired invitation' }),

  wrong_account: () =>
    new Problem({
      status: 403,
      code: 'INVITATION_OF_ANOTHER',
      detail: 'The invitation was sent to another address than this account’s',
    }),
} as const

export const membershipRefusals = {
  unknown_organization: organizationRefusals.unknown,
  not_owner: () =>
    new Problem({ status: 403, code: 'NOT_AN_OWNER', detail: 'Only owners of the organization may do this' }),
  unknown_user: () =>
    new Problem({ status: 404, code: 'MEMBER_NOT_FOUND', detail: 'There is no such member or user' }),
  unknown_role: refusals.unknown_role,
  last_owner: () =>
    new Problem({
      status: 409,
      code: 'LAST_OWNER',
      detail: 'The organization would be without an owner; make somebody else one first',
    }),
  too_many: organizationRefusals.too_many_organizations,
} as const satisfies Record<MembershipRefusal, () => Problem>
