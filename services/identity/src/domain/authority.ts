/** What a user may do: what their roles allow, and what they are in each of their organizations. */
import type { User } from './user.ts'

/** A user's place in an organization. */
export interface Membership {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
}

export interface Authority {
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
  readonly organizations: readonly Membership[]
}

/** Of who has just registered. */
export const noAuthority: Authority = { roles: [], permissions: [], organizations: [] }

/** A user with what they may do, both as of one instant: what tokens say of them. */
export interface AuthorizedUser {
  readonly user: User
  readonly authority: Authority
}
