/** A client's secret: 256 random bits, told once, kept as a hash. */
import { createHash } from 'node:crypto'

const prefix = 'lks_'

/** @param random 32 bytes */
export const clientSecretOf = (random: Uint8Array): string =>
  prefix + Buffer.from(random).toString('base64url')

/** One that an operator brings along: long enough to be random, and to be hashed like ours. @see RFC 6749 §A.2 */
export const chosenSecret = /^[\x21-\x7e]{32,256}$/

/** SHA-256 is enough for what nobody can guess. */
export const clientSecretHash = (rawSecret: string): Buffer => createHash('sha256').update(rawSecret).digest()
