/**
 * Refresh tokens: opaque, 256 bits, stored only as SHA-256. A successor is derived, not drawn: a client that lost the
 * answer gets the same one again, although nobody keeps it.
 */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import { derivedKey } from './derived-key.ts'

const prefix = 'lkr_'
const form = /^lkr_[A-Za-z0-9_-]{43}$/

/** The raw token of 32 bytes. */
export const toRefreshToken = (bytes: Uint8Array): string => prefix + Buffer.from(bytes).toString('base64url')

/** False for anything that this service cannot have issued: an access token, an empty or a huge string. */
export const isRefreshToken = (text: string): boolean => form.test(text)

export const isSameHash = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && timingSafeEqual(a, b)

/** The key of `deriveSuccessor`, out of a key encryption key. */
export const successorKeyOf = (keyEncryptionKey: Uint8Array): KeyObject =>
  derivedKey(keyEncryptionKey, 'latchkey refresh successor v1')

/**
 * HMAC of the presented token and a nonce. Who has the database (hashes and nonces) lacks the presented token and the
 * key; who stole an old token lacks the key and the nonce.
 */
export const deriveSuccessor = (successorKey: KeyObject, rawToken: string, nonce: Uint8Array): string =>
  toRefreshToken(createHmac('sha256', successorKey).update(nonce).update(rawToken).digest())
