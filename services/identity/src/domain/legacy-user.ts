/** Somebody whose password only the system knows that they come from. */
import type { EmailAddress, EmailKey } from './email-address.ts'
import type { RawPassword } from './password-text.ts'
import type { UserMetadata } from './user-metadata.ts'
import type { UserName } from './user-name.ts'

export interface LegacyUser {
  readonly email: EmailAddress
  readonly isEmailVerified: boolean
  readonly name: UserName | undefined
  readonly metadata: UserMetadata
}

/** Undefined where the password, or the address, is not one of there. @throws LegacyUnavailable */
export type AskLegacyLogin = (emailKey: EmailKey, password: RawPassword) => Promise<LegacyUser | undefined>
