/** A session as its owner sees it in a list. */
import type { SessionId } from './ids.ts'

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
  /** Under review: it ends then, unless its owner confirms it. */
  readonly reviewUntil: Date | undefined
}
