/** An account that comes from another system, with the hash that its password has there. */
import type { EmailAddress, EmailKey } from './email-address.ts'
import type { UserId } from './ids.ts'
import type { UserMetadata } from './user-metadata.ts'
import type { UserName } from './user-name.ts'

export interface ImportedUser {
  readonly id: UserId
  readonly email: EmailAddress
  readonly emailKey: EmailKey
  readonly name: UserName
  readonly metadata: UserMetadata
  readonly isEmailVerified: boolean
  readonly isDisabled: boolean
  /** When the account was made there; undefined counts from the import. */
  readonly createdAt: Date | undefined
  /** As it is kept; undefined for who chooses a password by a reset mail, or signs in without. */
  readonly passwordHash: string | undefined
}
