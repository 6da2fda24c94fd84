/** The end of a session, as operators see it. */
import type { SessionId, UserId } from './ids.ts'

export interface Termination {
  readonly sessionId: SessionId
  readonly userId: UserId
  /** `logout`, `unconfirmed`, `not_me`, … */
  readonly reason: string
  /** Where it began, and where it was used last; empty where that is unknown. */
  readonly originalIp: string
  readonly newIp: string
  readonly at: Date
}

export interface TerminationPage {
  /** Undefined: of all users. */
  readonly userId: UserId | undefined
  /** The last of the page before. */
  readonly before: Pick<Termination, 'at' | 'sessionId'> | undefined
  readonly limit: number
}

/** Why somebody's sessions end, all but one. */
export const sessionsEndReasons = [
  'password_changed',
  'password_reset',
  'account_deleted',
  'account_disabled',
  'factors_changed',
] as const

export type SessionsEndReason = (typeof sessionsEndReasons)[number]
