/** Keys for one purpose out of a key encryption key: of no use for anything that this one sealed, nor for each other. */
import { hkdfSync } from 'node:crypto'

/** @param purpose what the key is for, with a version; a change of it is a change of key. @see RFC 5869 §3.2 */
export const derivedKey = (keyEncryptionKey: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', keyEncryptionKey, '', purpose, 32))
