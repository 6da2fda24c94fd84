/** Users as operators see, make and change them. */
import type { EmailAddress, EmailKey } from './email-address.ts'
import type { UserId } from './ids.ts'
import type { ProfileChange, User } from './user.ts'
import type { UserMetadata } from './user-metadata.ts'
import type { UserName } from './user-name.ts'

export interface ManagedUser extends User {
  readonly lastLoginAt: Date | undefined
  /** Until when strangers' failures lock the address; undefined where it is open. */
  readonly lockedUntil: Date | undefined
  readonly hasPassword: boolean
  /** Names, in order. */
  readonly roles: readonly string[]
}

export const userStates = ['active', 'disabled', 'locked', 'unverified'] as const

export type UserState = (typeof userStates)[number]

export interface UserPage {
  readonly limit: number
  /** The last one of the page before. */
  readonly after?: { readonly id: string; readonly createdAt: Date } | undefined
  /** The one account of this address. */
  readonly emailKey?: EmailKey | undefined
  /** How the address begins, in any case. */
  readonly search?: string | undefined
  readonly state?: UserState | undefined
}

/** An account that an operator makes; nobody is signed in by it. */
export interface NewManagedUser {
  readonly id: UserId
  readonly email: EmailAddress
  readonly emailKey: EmailKey
  readonly isEmailVerified: boolean
  readonly name: UserName
  readonly metadata: UserMetadata
  /** Undefined for who is to choose one by a reset mail, or signs in without. */
  readonly passwordHash: string | undefined
  readonly at: Date
}

/** Undefined leaves a member as it is. */
export interface UserChange extends ProfileChange {
  readonly isEmailVerified?: boolean | undefined
  readonly isDisabled?: boolean | undefined
}
