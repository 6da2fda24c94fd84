/** An address that a user was seen at, as it is told to them. */
import type { UserId } from './ids.ts'

export interface KnownAddress {
  readonly address: string
  readonly firstSeenAt: Date
  readonly lastSeenAt: Date
  /** When the user showed that it is theirs; undefined where they were merely seen there. */
  readonly provenAt: Date | undefined
}

/** A part of the list of a user's addresses, which is in the order of the addresses: use does not move it. */
export interface AddressPage {
  readonly userId: UserId
  /** The last of the page before. */
  readonly after: string | undefined
  readonly limit: number
}
