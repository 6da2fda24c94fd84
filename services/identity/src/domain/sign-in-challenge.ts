/** A sign-in whose first factor is proven, and that waits for a second one. */
import { sha256Hex } from '@latchkey/runtime/crypto'
import type { AuthenticationMethod } from './authentication-method.ts'
import type { ChallengeHash, DeviceHash, UserId } from './ids.ts'

/** Ten minutes (ASVS 6.5.5). */
export const challengeTtlSeconds = 600

/** Looks at codes that one challenge allows, whatever the account's budget says. */
export const challengeTries = 5

/** What a completed one gives: tokens, or a browser's cookie. The one is no use for the other. */
export type ChallengeAudience = 'api' | 'browser'

/** `verify`: there is a factor, and it is asked for. `enrol`: there is none, and one must be set up. */
export type ChallengePurpose = 'verify' | 'enrol'

export interface SignInChallenge {
  readonly userId: UserId
  readonly audience: ChallengeAudience
  readonly purpose: ChallengePurpose
  /** Proven so far. */
  readonly methods: readonly AuthenticationMethod[]
  /** A browser's is good in that browser alone. */
  readonly device: DeviceHash
  readonly rememberMe: boolean
  /** Which password was the present one when the first factor was proven. */
  readonly credentialVersion: number
}

export const hashChallenge = (rawChallenge: string): ChallengeHash =>
  sha256Hex(`latchkey sign-in challenge\0${rawChallenge}`) as ChallengeHash
