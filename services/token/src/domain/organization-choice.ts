/** In which of their organizations a user acts: the one that is asked for, the only one, or the one that they choose. */
import type { Membership } from './authority.ts'

export type OrganizationChoice =
  /** Undefined: the user belongs to none, and tokens are silent about it. */
  | { readonly outcome: 'chosen'; readonly membership: Membership | undefined }
  | { readonly outcome: 'not_a_member' }
  /** Several, and nobody has said which. */
  | { readonly outcome: 'open'; readonly memberships: readonly Membership[] }

/** @param wanted an id or a slug, in any case */
export const chooseOrganization = (
  memberships: readonly Membership[],
  wanted: string | undefined,
): OrganizationChoice => {
  if (wanted === undefined) {
    if (memberships.length > 1) return { outcome: 'open', memberships }
    return { outcome: 'chosen', membership: memberships[0] }
  }
  const name = wanted.toLowerCase()
  const membership = memberships.find(({ id, slug }) => id === name || slug === name)
  // Of an organization that there is, and of one that there is not: the same.
  return membership === undefined ? { outcome: 'not_a_member' } : { outcome: 'chosen', membership }
}
