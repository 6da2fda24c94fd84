/** A session as its owner sees it in a list. */
import type { SessionId } from './ids.ts'

/** Its owner was asked whether it is theirs: it ends then, unless they confirm it. */
export interface SessionReview {
  /** What was unusual: `impossible_travel`, … */
  readonly reason: string
  /** Undefined where the session service does not tell yet. */
  readonly flaggedAt: Date | undefined
  readonly until: Date
}

export interface ListedSession {
  readonly id: SessionId
  readonly createdAt: Date
  readonly lastAccessedAt: Date
  readonly expiresAt: Date
  /** Empty where it is unknown. */
  readonly ipAddress: string
  /** What people know the device by: `Safari on iPhone`. */
  readonly device: string
  readonly userAgent: string
  /** Not expired; an expired one comes back when its device refreshes its tokens. */
  readonly isActive: boolean
  readonly review: SessionReview | undefined
}
