/** An address that a user was seen at, as the session service keeps it. */
import type { UserId } from './ids.ts'

export interface KnownAddress {
  readonly address: string
  readonly firstSeenAt: Date
  readonly lastSeenAt: Date
  /** When the user showed that it is theirs; undefined where they were merely seen there. */
  readonly provenAt: Date | undefined
}

export interface AddressPage {
  readonly userId: UserId
  /** The last of the page before. */
  readonly after: string | undefined
  readonly limit: number
}
