/** PBKDF2 with HMAC of SHA-1, SHA-256 or SHA-512, kept as `$pbkdf2-sha256$i=600000$salt$key`. @see RFC 8018 §5.2 */
import { pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { fromBase64, unpadded } from './encodings.ts'
import { longestKeyBytes, type ReadHash, shortestKeyBytes } from './stored-hash.ts'

/** Bytes of each digest: a longer key repeats all of the work for each of them. */
const digestBytes = { sha1: 20, sha256: 32, sha512: 64 } as const

export type Pbkdf2Digest = keyof typeof digestBytes

export const isPbkdf2Digest = (name: string): name is Pbkdf2Digest => Object.hasOwn(digestBytes, name)

// `$pbkdf2$` is SHA-1; the iterations may stand alone, as passlib writes them, or with the key's length, as Ory does.
const pattern =
  /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,9})(?:,l=\d{1,4})?\$([A-Za-z0-9+/.]*)=*\$([A-Za-z0-9+/.]+)=*$/

// Twice what Django makes in 2026; about a second for SHA-512.
const mostIterations = 2_400_000

export interface Pbkdf2Parts {
  readonly digest: Pbkdf2Digest
  readonly iterations: number
  readonly salt: Uint8Array
  readonly key: Uint8Array
}

export const writePbkdf2 = ({ digest, iterations, salt, key }: Pbkdf2Parts): string =>
  `$pbkdf2-${digest}$i=${iterations}$${unpadded(salt)}$${unpadded(key)}`

export const readPbkdf2: ReadHash = text => {
  const [, name = 'sha1', count, saltText = '', keyText = ''] = pattern.exec(text) ?? []
  const iterations = Number(count)
  const [salt, key] = [fromBase64(saltText), fromBase64(keyText)]
  if (salt === undefined || key === undefined || !isPbkdf2Digest(name) || !(iterations >= 1)) return undefined
  if (key.length < shortestKeyBytes || key.length > longestKeyBytes) return undefined
  return {
    format: 'pbkdf2',
    text: writePbkdf2({ digest: name, iterations, salt, key }),
    isAffordable: iterations * Math.ceil(key.length / digestBytes[name]) <= mostIterations,
    matches: password => timingSafeEqual(pbkdf2Sync(password, salt, iterations, key.length, name), key),
  }
}
