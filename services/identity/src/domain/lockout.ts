/**
 * How guessing is limited: so many attempts that fail lock an address, known or unknown alike. A device that the
 * user has signed in from has a budget of its own, so that a stranger can't lock the owner out.
 */
import type { EmailKey } from './email-address.ts'
import type { DeviceHash } from './ids.ts'

export interface LockoutPolicy {
  /** This many failures lock. */
  readonly maxAttempts: number
  /** How long a lock lasts, and after how long without a failure the count begins anew. */
  readonly lockoutSeconds: number
  /** Where the lock comes late, failures before it make the next attempt wait; undefined where they don't. */
  readonly delay?: AttemptDelay | undefined
}

/**
 * A wait that doubles with each failure and is told, not slept through: nothing of ours is held by who has to wait. It is
 * bounded, since a stranger can cause it; a device that the owner is known to use has a count, and waits, of its own.
 */
export interface AttemptDelay {
  /** The failures after which the next attempt waits for the first time. */
  readonly afterFailures: number
  readonly firstSeconds: number
}

/** No wait gets longer. */
export const longestDelaySeconds = 60

/** Who shares a count: all strangers to an address, or one device that its owner is known to use. */
export interface AttemptBudget {
  readonly emailKey: EmailKey
  readonly knownDevice: DeviceHash | undefined
  /**
   * Second factors are counted apart: who knows a password could otherwise clear the count by signing in up to the code,
   * as often as they like.
   */
  readonly of?: 'second_factor'
}

/**
 * What became of an attempt. `locked`: refused without a look at the password. `busy`: so many others are being
 * looked at that this one can't be allowed yet.
 */
export type Reservation =
  | { readonly outcome: 'reserved' }
  | { readonly outcome: 'locked'; readonly until: Date }
  | { readonly outcome: 'busy' }

/** How an attempt ended: `withdrawn` is one whose password was never looked at. */
export type AttemptDecision = 'right' | 'wrong' | 'withdrawn'
