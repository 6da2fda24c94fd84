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
}
