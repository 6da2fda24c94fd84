/** How much guessing comes from somewhere: what failed of late from an address, and from the network around it. */
import type { EmailKey } from './email-address.ts'

export interface Place {
  readonly address: string
  /** The /24 or /64 around it. */
  readonly network: string
}

export interface Pressure {
  readonly ofAddress: number
  readonly ofNetwork: number
}

export interface FailedSignIn {
  readonly place: Place
  /** Undefined where what failed names no account: a passkey that is not ours. */
  readonly emailKey: EmailKey | undefined
}

export interface PressureAfterFailure extends Pressure {
  /** Accounts, known or not, that somebody of the network failed to sign in to. An estimate. */
  readonly accounts: number
}

/** A network with so many people in it has more failures without anybody guessing. */
const networkFactor = 5

/** Whether who comes from there has to show first that they are no program. */
export const isHumanCheckDue = ({ ofAddress, ofNetwork }: Pressure, afterFailures: number): boolean =>
  ofAddress >= afterFailures || ofNetwork >= afterFailures * networkFactor

/**
 * One person tries a few addresses of theirs; lists of stolen passwords are tried on as many accounts as there are.
 * @see OWASP Credential Stuffing Prevention Cheat Sheet
 */
export const stuffingAccounts = 10
