/**
 * Public keys of passkeys. Three algorithms: what nearly every authenticator does (ES256), Ed25519, and RS256 for
 * Windows Hello on older hardware.
 *
 * @see RFC 9053 §2, RFC 8812 §2, WebAuthn Level 3 §5.8.5
 */
import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'
import { type CborMap, decodeCborMap } from './cbor.ts'

/** COSE algorithm identifiers, the preferred one first. */
export const coseAlgorithms = { ES256: -7, EdDSA: -8, RS256: -257 } as const

export interface PasskeyKey {
  readonly algorithm: number
  readonly verify: (data: Buffer, signature: Buffer) => boolean
}

// RFC 8230 §4 asks for 2048 bits at least; more than 4096 are a waste of our time to verify.
const fewestModulusBits = 2_048
const mostModulusBits = 4_096

const member = (key: CborMap, label: number, length?: number): string | undefined => {
  const value = key.get(label)
  if (!(value instanceof Buffer) || (length !== undefined && value.length !== length)) return undefined
  return value.toString('base64url')
}

/** The key by its type (1), curve (-1) and coordinates. @see RFC 9053 §7, RFC 8230 §4 */
const jwkOf = (key: CborMap): JsonWebKey | undefined => {
  switch (key.get(3)) {
    case coseAlgorithms.ES256: {
      const [x, y] = [member(key, -2, 32), member(key, -3, 32)]
      if (key.get(1) !== 2 || key.get(-1) !== 1 || x === undefined || y === undefined) return undefined
      return { kty: 'EC', crv: 'P-256', x, y }
    }
    case coseAlgorithms.EdDSA: {
      const x = member(key, -2, 32)
      if (key.get(1) !== 1 || key.get(-1) !== 6 || x === undefined) return undefined
      return { kty: 'OKP', crv: 'Ed25519', x }
    }
    case coseAlgorithms.RS256: {
      const [n, e] = [member(key, -1), member(key, -2, 3)]
      if (key.get(1) !== 3 || n === undefined || e === undefined) return undefined
      return { kty: 'RSA', n, e }
    }
    default:
      return undefined
  }
}

/** Undefined for a point that is not on its curve, and for a modulus of the wrong size. */
const importKey = (jwk: JsonWebKey): KeyObject | undefined => {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    const bits = key.asymmetricKeyDetails?.modulusLength
    return bits === undefined || (bits >= fewestModulusBits && bits <= mostModulusBits) ? key : undefined
  } catch {
    return undefined
  }
}

/** Undefined for every key that we would not take. */
export const parseCoseKey = (bytes: Buffer): PasskeyKey | undefined => {
  const members = decodeCborMap(bytes)
  const jwk = members && jwkOf(members)
  const key = jwk && importKey(jwk)
  if (key === undefined) return undefined
  const algorithm = Number(members?.get(3))
  const digest = algorithm === coseAlgorithms.EdDSA ? null : 'sha256'
  return { algorithm, verify: (data, signature) => verify(digest, data, key, signature) }
}
