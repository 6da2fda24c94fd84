/** A user as the use cases see one. */
import { type EmailAddress, type EmailKey, emailKeyOf } from './email-address.ts'
import type { NewEmailProof } from './email-proof.ts'
import type { DeviceHash, SessionId, UserId } from './ids.ts'
import type { UserMetadata } from './user-metadata.ts'
import type { UserName } from './user-name.ts'

export interface User {
  readonly id: UserId
  readonly email: EmailAddress
  readonly emailKey: EmailKey
  readonly emailVerifiedAt: Date | undefined
  readonly name: UserName
  readonly metadata: UserMetadata
  readonly disabledAt: Date | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
  /** Counts the changes of what tokens say about the user. */
  readonly version: number
}

/** A user as everybody begins. */
export const beginUser = ({
  at,
  ...known
}: Pick<User, 'id' | 'email' | 'emailVerifiedAt' | 'name' | 'metadata'> & { readonly at: Date }): User => ({
  ...known,
  emailKey: emailKeyOf(known.email),
  disabledAt: undefined,
  createdAt: at,
  updatedAt: at,
  version: 1,
})

/** The present password of a user. */
export interface Credential {
  /** A PHC string. */
  readonly passwordHash: string
  /** Counts the changes of the password. */
  readonly version: number
  /** It opens nothing until it was reset: its owner has said that somebody else knows it. */
  readonly isSuspended: boolean
}

/** A user with what is needed to check a password of theirs. */
export interface Account {
  readonly user: User
  /** Undefined for who signs in without a password. */
  readonly credential: Credential | undefined
  /** Counts the changes of who does without a password, from the version of the last one on. */
  readonly versionWithoutPassword: number
  /** Whether the user has signed in from the device that asks. */
  readonly deviceKnown: boolean
}

/** What sessions carry, so that those from before a change can be told: of the password, or of who has none. */
export const credentialVersionOf = ({
  credential,
  versionWithoutPassword,
}: Pick<Account, 'credential' | 'versionWithoutPassword'>): number =>
  credential?.version ?? versionWithoutPassword

/** Of a first password: what the table begins to count with. */
export const firstCredentialVersion = 1

/** What a user may change about themselves; undefined leaves it as it is. Metadata is replaced whole. */
export interface ProfileChange {
  readonly name?: UserName | undefined
  readonly metadata?: UserMetadata | undefined
}

/** A registration, complete. */
export interface NewUser {
  readonly user: User
  /** Undefined for who signs in without a password. */
  readonly passwordHash: string | undefined
  readonly device: DeviceHash
  /** The session that it begins with, where it begins with one. */
  readonly sessionId: SessionId | undefined
  /** Asks for the mail by which its address is proven. */
  readonly verification: NewEmailProof
}
