/** A client's secret: 256 random bits, told once, kept as a hash. */

const prefix = 'lks_'

/** A fresh one, to be told once. */
export const drawClientSecret = (randomBytes: (size: number) => Uint8Array): string =>
  prefix + Buffer.from(randomBytes(32)).toString('base64url')

/** One that an operator brings along: long enough to be random, and to be hashed like ours. @see RFC 6749 §A.2 */
export const chosenSecret = /^[\x21-\x7e]{32,256}$/
