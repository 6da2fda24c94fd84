/**
 * The few primitives that every service needs for opaque secrets: make one, store only its hash, compare in
 * constant time. High-entropy values only; passwords are Argon2id's business.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export { createSealer, type Sealed, type Sealer, type SealingKeys, UnsealingError } from './sealer.ts'

const sha256 = (raw: string | Uint8Array): Buffer => createHash('sha256').update(raw).digest()

/** SHA-256 as 64 lower-case hex digits: how raw tokens are stored and looked up. */
export const sha256Hex = (raw: string | Uint8Array): string => sha256(raw).toString('hex')

/** SHA-256 as 43 base64url characters. @see RFC 7636 §4.2 */
export const sha256Base64Url = (raw: string | Uint8Array): string => sha256(raw).toString('base64url')

/** A random value of `bytes` bytes (256 bits by default) as base64url without padding. */
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString('base64url')

/** Equality whose duration tells nothing about where, or at what length, two strings differ. */
export const timingSafeEqualStrings = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b))
