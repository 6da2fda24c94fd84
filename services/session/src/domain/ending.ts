/** A session that has ended: what is logged, kept for support, and told to the other services. */
import type { EndReason } from './end-reason.ts'
import type { SessionId, UserId } from './ids.ts'

export interface Ending {
  readonly sessionId: SessionId
  readonly userId: UserId
  readonly reason: EndReason
  /** Where the session began. */
  readonly originalIp: string | undefined
  /** Where it was used last. */
  readonly newIp: string | undefined
  readonly endedAt: Date
}

/** A part of the list of endings. */
export interface TerminationPage {
  /** Undefined: of all users. */
  readonly userId: UserId | undefined
  /** The last of the page before. */
  readonly before: Pick<Ending, 'endedAt' | 'sessionId'> | undefined
  readonly limit: number
}

/** An access token that was presented at its session's end. */
export interface PresentedToken {
  readonly jti: string
  readonly expiresAt: Date
}

export interface EndOne {
  readonly id: SessionId
  readonly reason: EndReason
  readonly at: Date
  /** Only if it is this user's. */
  readonly userId?: UserId
  /** Not if its device has signed in again since it began. */
  readonly unlessRenewed?: boolean
  readonly token?: PresentedToken
}

export interface EndAll {
  readonly userId: UserId
  /** Undefined: none is kept. */
  readonly except: SessionId | undefined
  /** Only those whose sign-in proved an earlier password than this one; 0: all. */
  readonly belowCredentialVersion: number
  readonly reason: EndReason
  readonly at: Date
}
