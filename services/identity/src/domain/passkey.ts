/** A passkey as we keep it, and what it proves. @see WebAuthn Level 3 §4, credential record */
import { sha256Hex } from '@latchkey/runtime/crypto'
import type { AuthenticationMethod } from './authentication-method.ts'
import type { PasskeyChallengeHash, PasskeyId, UserId } from './ids.ts'
import type { PasskeyName } from './passkey-name.ts'

export interface Passkey {
  readonly id: PasskeyId
  readonly userId: UserId
  /** The authenticator's, base64url. */
  readonly credentialId: string
  /** A COSE_Key. */
  readonly publicKey: Buffer
  /** How browsers reach it, in their words. */
  readonly transports: readonly string[]
  /** Whether it can be synced to the user's other devices: a property for life. */
  readonly isBackupEligible: boolean
  readonly isBackedUp: boolean
  /** Whether it is known to be found without an address. */
  readonly isDiscoverable: boolean
  /** Whether it has recognized its user before. */
  readonly canVerifyUser: boolean
  readonly name: PasskeyName
  readonly createdAt: Date
  readonly lastUsedAt: Date | undefined
}

export interface NewPasskey extends Omit<Passkey, 'lastUsedAt'> {
  readonly signCount: number
  /** The model of the authenticator, a UUID. */
  readonly aaguid: string
}

/** What an assertion tells about its passkey. */
export interface PasskeyUse {
  readonly id: PasskeyId
  readonly signCount: number
  readonly isBackedUp: boolean
  readonly isUserVerified: boolean
  /** Found without an address being asked for. */
  readonly isDiscovered: boolean
  readonly at: Date
}

export type NotedPasskeyUse =
  /** With the version that sign-ins rested on while the passkey was its user's (ADR 7). */
  | { readonly outcome: 'noted'; readonly credentialVersion: number }
  /** The counter of a key that can't be copied did not go on. */
  | { readonly outcome: 'counted_back' }
  | { readonly outcome: 'gone' }

/** What a challenge is given out for; it does for nothing else. */
export type CeremonyPurpose = 'enrolment' | 'sign_in' | 'second_factor' | 'reauthentication'

/** `challenge`: base64url, as client data has it. */
export const hashPasskeyChallenge = (challenge: string): PasskeyChallengeHash =>
  sha256Hex(challenge) as PasskeyChallengeHash

export interface PasskeyCeremony {
  readonly challengeHash: PasskeyChallengeHash
  readonly purpose: CeremonyPurpose
  /** Undefined where the passkey is to say who it is. */
  readonly userId: UserId | undefined
  /** The session, the challenge or the browser that it was given to; '' for programs that nobody is signed in to. */
  readonly boundTo: string
  readonly expiresAt: Date
}

/** An address and a password are not needed beside it. */
export const signsInAlone = ({ isDiscoverable, canVerifyUser }: Passkey): boolean =>
  isDiscoverable && canVerifyUser

/**
 * As tokens say it: a key in one device or a synced one, and whether the user was recognized, which makes two factors of
 * one. @see RFC 8176 §2
 */
export const methodsOf = (
  { isBackupEligible }: Pick<Passkey, 'isBackupEligible'>,
  isUserVerified: boolean,
): readonly AuthenticationMethod[] => {
  const key = isBackupEligible ? 'swk' : 'hwk'
  return isUserVerified ? [key, 'user', 'mfa'] : [key]
}
