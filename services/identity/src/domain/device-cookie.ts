/**
 * The device cookie: a random name by which a browser is known again. It proves nothing about its user; it only
 * gives the device a lockout budget and a session of its own. Stored as a hash, like every raw secret.
 */
import { sha256Hex } from '@latchkey/runtime/crypto'
import type { DeviceHash } from './ids.ts'

export const deviceCookieName = 'latchkey_device'

/** One year. */
export const deviceCookieMaxAgeSeconds = 31_536_000

/** What `randomToken()` makes; anything else in the cookie counts as no cookie. */
export const isDeviceToken = (value: string | undefined): value is string =>
  value !== undefined && /^[\w-]{43}$/.test(value)

export const hashDeviceToken = (rawDeviceToken: string): DeviceHash => sha256Hex(rawDeviceToken) as DeviceHash
