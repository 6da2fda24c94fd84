/**
 * bcrypt reads the first 72 bytes of a password and no more. A hash that was imported verifies what it always verified;
 * the hash that takes its place is of all of the password. A password with a NUL matches none: implementations in C end
 * there, and the key repeats behind one, so that `a` and `a\0a` are one password to it.
 */
import type { ReadHash } from './stored-hash.ts'

// 53 characters of bcrypt's own base64: 16 bytes of salt and 23 of digest. `$2x$` marks hashes of a broken
// implementation, which nothing but that implementation verifies.
const pattern = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/

// 2^14 rounds take most of a second.
const [leastCost, mostCost] = [4, 14]

export const readBcrypt: ReadHash = text => {
  const cost = Number(pattern.exec(text)?.[1] ?? 0)
  if (cost < leastCost) return undefined
  return {
    format: 'bcrypt',
    text,
    isAffordable: cost <= mostCost,
    matches: async password => {
      if (password.includes('\u0000')) return false
      const { verifySync } = await import('@node-rs/bcrypt')
      return verifySync(password, text)
    },
  }
}
