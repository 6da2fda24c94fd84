/**
 * The public key that a DPoP proof brings along in its header: what of it counts, and its thumbprint (RFC 7638), by
 * which tokens are bound to it. @see RFC 9449 §4.2, §6.1
 */
import { createHash } from 'node:crypto'
import type { JWK } from 'jose'

// The members that make the key, in the order in which RFC 7638 §3.2 hashes them.
const requiredMembers: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  RSA: ['e', 'kty', 'n'],
  OKP: ['crv', 'kty', 'x'],
}
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

// An RSA exponent as long as the modulus makes each verification a hundred times dearer than ours of it.
const maxExponentLength = 6

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/**
 * The key's own members and nothing that came with them. Undefined for a private, a symmetric or an incomplete key;
 * whether its numbers make a key is the verification's to find out.
 */
export const publicJwkOf = (header: unknown): JWK | undefined => {
  if (typeof header !== 'object' || header === null || Array.isArray(header)) return undefined
  const candidate = new Map<string, unknown>(Object.entries(header))
  if (privateMembers.some(member => candidate.has(member))) return undefined
  const kty = candidate.get('kty')
  const names = isText(kty) && Object.hasOwn(requiredMembers, kty) ? (requiredMembers[kty] ?? []) : []
  const members = names.map(name => [name, candidate.get(name)] as const)
  if (members.length === 0 || !members.every(([, value]) => isText(value))) return undefined
  const exponent = candidate.get('e')
  if (kty === 'RSA' && isText(exponent) && exponent.length > maxExponentLength) return undefined
  return Object.fromEntries(members)
}

/** SHA-256 of a key of `publicJwkOf`, in base64url. @see RFC 7638 §3 */
export const jwkThumbprint = (jwk: JWK): string => {
  const members = Object.entries(jwk).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('base64url')
}

/** Whether a text can be the thumbprint of a key: what `dpop_jkt` must be (RFC 9449 §10). */
export const isJwkThumbprint = (text: string): boolean => /^[\w-]{43}$/.test(text)
