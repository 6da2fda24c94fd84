/** A device that is not asked for the second factor until some day. */
import type { DeviceHash } from './ids.ts'

export interface RememberedDevice {
  readonly device: DeviceHash
  readonly userAgent: string
  readonly createdAt: Date
  readonly expiresAt: Date
}
