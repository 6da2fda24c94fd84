/** A session as the store keeps it and as others see it. */
import type { Client } from './client.ts'
import type { SessionId, UserId } from './ids.ts'
import type { Lifetime } from './lifetime.ts'
import type { Review } from './review.ts'

export interface Session extends Lifetime, Client {
  readonly id: SessionId
  readonly userId: UserId
  /** Its user asked to be remembered. */
  readonly isRemembered: boolean
  readonly createdAt: Date
  /** When its device signed in again, if it did. */
  readonly renewedAt: Date | undefined
  readonly endedAt: Date | undefined
  /** Its owner was asked whether it is theirs, and has not answered yet. */
  readonly review: Review | undefined
}

/** That a session was used, and from where. */
export interface Activity {
  readonly sessionId: SessionId
  readonly at: Date
  /** Undefined where the caller did not know it. */
  readonly ipAddress: string | undefined
}

/** The freshest word on when a session was used. */
export type LastSeen = Pick<Activity, 'at' | 'ipAddress'>
