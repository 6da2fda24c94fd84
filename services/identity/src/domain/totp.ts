/**
 * Codes of authenticator apps: six digits that follow from a shared secret and the time. The parameters are those that
 * every app knows, since most ignore any others.
 *
 * @see RFC 6238 (TOTP), RFC 4226 (HOTP)
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { toBase32 } from './base32.ts'

/** As long as the hash's output. @see RFC 4226 §4 R6 */
export const totpSecretBytes = 20

const stepSeconds = 30
const digits = 6

// One step to either side, for clocks that differ and people who type slowly. @see RFC 6238 §5.2
const driftSteps = 1

/** The code of one counter value. @see RFC 4226 §5.3 */
export const hotpCode = (secret: Uint8Array, counter: number): string => {
  const message = Buffer.alloc(8)
  message.writeBigUInt64BE(BigInt(counter))
  const mac = createHmac('sha1', secret).update(message).digest()
  const offset = mac.readUInt8(mac.length - 1) & 0x0f
  const truncated = mac.readUInt32BE(offset) & 0x7f_ff_ff_ff
  return String(truncated % 10 ** digits).padStart(digits, '0')
}

/** @see RFC 6238 §4.2 */
export const totpStepAt = (at: Date): number => Math.floor(at.getTime() / 1_000 / stepSeconds)

const equals = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** The time step that `code` belongs to, if it is one that counts at this moment. */
export const findTotpStep = (secret: Uint8Array, code: string, at: Date): number | undefined => {
  const now = totpStepAt(at)
  const steps = Array.from({ length: 2 * driftSteps + 1 }, (_, index) => now - driftSteps + index)
  return steps.find(step => equals(hotpCode(secret, step), code))
}

/** Code as people type it: in groups, with spaces around. Undefined for what can be no code. */
export const parseTotpCode = (text: string): string | undefined => {
  const code = text.replace(/\s/g, '')
  return /^\d{6}$/.test(code) ? code : undefined
}

export interface TotpLabel {
  /** Whose codes these are, in the app's list. */
  readonly issuer: string
  readonly account: string
}

/** What a QR code tells an app. @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export const totpUri = (secret: Uint8Array, { issuer, account }: TotpLabel): string => {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  const parameters = `secret=${toBase32(secret)}&issuer=${encodeURIComponent(issuer)}`
  return `otpauth://totp/${label}?${parameters}&algorithm=SHA1&digits=${digits}&period=${stepSeconds}`
}
