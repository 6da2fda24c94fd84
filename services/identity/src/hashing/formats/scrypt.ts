/** scrypt, kept as `$scrypt$ln=14,r=8,p=1$salt$key`, the PHC string that passlib writes too. @see RFC 7914 */
import { scryptSync, timingSafeEqual } from 'node:crypto'
import { fromBase64, unpadded } from './encodings.ts'
import { longestKeyBytes, mostMemoryBytes, type ReadHash, shortestKeyBytes } from './stored-hash.ts'

export interface ScryptCost {
  /** log₂ of N. */
  readonly logN: number
  readonly r: number
  readonly p: number
}

const pattern = /^\$scrypt\$ln=(\d{1,10}),r=(\d{1,6}),p=(\d{1,6})\$([A-Za-z0-9+/.]*)=*\$([A-Za-z0-9+/.]+)=*$/

// OWASP's strongest setting, 2^17 · 8 · 1, twice.
const mostWork = 2 ** 21

const memoryOf = ({ logN, r, p }: ScryptCost): number => 128 * r * (2 ** logN + p + 2)

export const isPossible = ({ logN, r, p }: ScryptCost): boolean => logN >= 1 && logN < 32 && r >= 1 && p >= 1

export const isAffordable = (cost: ScryptCost): boolean =>
  128 * cost.r * 2 ** cost.logN <= mostMemoryBytes && 2 ** cost.logN * cost.r * cost.p <= mostWork

export const derive = (password: string, salt: Buffer, length: number, cost: ScryptCost): Buffer =>
  scryptSync(password, salt, length, {
    N: 2 ** cost.logN,
    r: cost.r,
    p: cost.p,
    // Node counts a little more than RFC 7914 asks for.
    maxmem: 2 * memoryOf(cost),
  })

/** Ory writes N itself where others write its logarithm: no `ln` is that large. */
const logOf = (ln: number): number => (ln > 63 ? Math.log2(ln) : ln)

export const writeScrypt = ({ logN, r, p }: ScryptCost, salt: Uint8Array, key: Uint8Array): string =>
  `$scrypt$ln=${logN},r=${r},p=${p}$${unpadded(salt)}$${unpadded(key)}`

export const readScrypt: ReadHash = text => {
  const [, ln, r, p, saltText = '', keyText = ''] = pattern.exec(text) ?? []
  const cost = { logN: logOf(Number(ln)), r: Number(r), p: Number(p) }
  const [salt, key] = [fromBase64(saltText), fromBase64(keyText)]
  if (salt === undefined || key === undefined) return undefined
  if (!Number.isInteger(cost.logN) || !isPossible(cost)) return undefined
  if (key.length < shortestKeyBytes || key.length > longestKeyBytes) return undefined
  return {
    format: 'scrypt',
    text: writeScrypt(cost, salt, key),
    isAffordable: isAffordable(cost),
    matches: password => timingSafeEqual(derive(password, salt, key.length, cost), key),
  }
}
