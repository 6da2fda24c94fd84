/** What tokens say about a user, as identity told it last. */
import type { Authority } from './authority.ts'
import type { UserId } from './ids.ts'

export interface Subject extends Authority {
  readonly userId: UserId
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string
  /** Counts the changes of the subject. */
  readonly version: number
}
