/** A journey to a provider and back, from the click to the session. */
import { sha256Hex } from '@latchkey/runtime/crypto'
import type { Brand } from '@latchkey/runtime/ids'
import type { SessionId, UserId } from './ids.ts'

/** SHA-256 of a state, hex. */
export type StateHash = Brand<string, 'StateHash'>
/** SHA-256 of the cookie of the browser that it has to end in, hex: another one than that of proofs by mail. */
export type JourneyBrowserHash = Brand<string, 'JourneyBrowserHash'>

export const hashState = (rawState: string): StateHash => sha256Hex(rawState) as StateHash

export const hashJourneyBrowser = (rawBrowser: string): JourneyBrowserHash =>
  sha256Hex(rawBrowser) as JourneyBrowserHash

/**
 * What it is for: a session in this browser, tokens for an application, one more way into an account, or a proof of who
 * it is.
 */
export type JourneyPurpose =
  | { readonly kind: 'page'; readonly flow: string | undefined }
  | { readonly kind: 'app'; readonly redirectUri: string; readonly codeChallenge: string | undefined }
  | { readonly kind: 'link'; readonly userId: UserId; readonly sessionId: SessionId }
  | {
      readonly kind: 'confirm'
      readonly userId: UserId
      readonly sessionId: SessionId
      /** The account page that asked. */
      readonly next: string
    }

export interface SocialJourney {
  readonly stateHash: StateHash
  readonly provider: string
  readonly purpose: JourneyPurpose
  /** The browser in which it has to end; undefined where an application began it, which holds the state itself. */
  readonly browserHash: JourneyBrowserHash | undefined
}

/** One that has come back, and can not come back again. */
export interface ReturnedJourney extends SocialJourney {
  /** What the provider posted beside the code, unsigned; undefined where there was nothing. */
  readonly posted: string | undefined
}

/** For signing in at the provider, however slowly. */
export const journeySeconds = 600
/** For an application to redeem the code that it was sent. */
export const redemptionSeconds = 60
