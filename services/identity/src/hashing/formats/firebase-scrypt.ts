/**
 * Firebase's own scrypt: the derived key encrypts the project's signer key with AES-256-CTR, and the ciphertext is the
 * hash. Kept as Ory writes it, `$firescrypt$ln=14,r=8,p=1$salt$hash$separator$signer key`, so that a row verifies by
 * itself. @see https://github.com/firebase/scrypt
 */
import { createCipheriv, timingSafeEqual } from 'node:crypto'
import { fromBase64, unpadded } from './encodings.ts'
import { derive, isAffordable, isPossible } from './scrypt.ts'
import type { ReadHash } from './stored-hash.ts'

const part = '([A-Za-z0-9+/]*)=*'
const pattern = new RegExp(
  `^\\$firescrypt\\$ln=(\\d{1,3}),r=(\\d{1,3}),p=1\\$${part}\\$${part}\\$${part}\\$${part}$`,
)

const signerKeyBytes = 64
// The counter begins at nothing: a derived key encrypts one thing alone.
const firstCounter = Buffer.alloc(16)

export const readFirebaseScrypt: ReadHash = text => {
  const [, ln, r, ...parts] = pattern.exec(text) ?? []
  const [salt, hash, separator, signerKey] = parts.map(each => fromBase64(each ?? ''))
  const cost = { logN: Number(ln), r: Number(r), p: 1 }
  if (salt === undefined || hash === undefined || separator === undefined || signerKey === undefined)
    return undefined
  if (hash.length !== signerKeyBytes || signerKey.length !== signerKeyBytes || !isPossible(cost))
    return undefined
  const kept = [salt, hash, separator, signerKey].map(unpadded).join('$')
  return {
    format: 'firebase-scrypt',
    text: `$firescrypt$ln=${cost.logN},r=${cost.r},p=1$${kept}`,
    isAffordable: isAffordable(cost),
    matches: password => {
      const key = derive(password, Buffer.concat([salt, separator]), 32, cost)
      return timingSafeEqual(createCipheriv('aes-256-ctr', key, firstCounter).update(signerKey), hash)
    },
  }
}
