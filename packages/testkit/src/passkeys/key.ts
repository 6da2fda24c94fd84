/** A passkey's pair of keys: how it signs, and how its public half is written. @see RFC 9053 §7, RFC 8230 §4 */
import { generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto'
import { type Encodable, encodeCbor } from './cbor.ts'

export type PasskeyAlgorithm = 'ES256' | 'EdDSA' | 'RS256'

export interface KeyPair {
  /** A COSE_Key. */
  readonly publicKey: Buffer
  readonly sign: (data: Buffer) => Buffer
}

const identifiers = { ES256: -7, EdDSA: -8, RS256: -257 } as const

const generate = (algorithm: PasskeyAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } => {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519')
  if (algorithm === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2_048 })
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')

const membersOf = (algorithm: PasskeyAlgorithm, jwk: JsonWebKey): readonly [number, Encodable][] => {
  if (algorithm === 'RS256')
    return [
      [1, 3],
      [3, identifiers.RS256],
      [-1, bytes(jwk.n)],
      [-2, bytes(jwk.e)],
    ]
  if (algorithm === 'EdDSA')
    return [
      [1, 1],
      [3, identifiers.EdDSA],
      [-1, 6],
      [-2, bytes(jwk.x)],
    ]
  return [
    [1, 2],
    [3, identifiers.ES256],
    [-1, 1],
    [-2, bytes(jwk.x)],
    [-3, bytes(jwk.y)],
  ]
}

export const createKeyPair = (algorithm: PasskeyAlgorithm): KeyPair => {
  const { publicKey, privateKey } = generate(algorithm)
  return {
    publicKey: encodeCbor(new Map(membersOf(algorithm, publicKey.export({ format: 'jwk' })))),
    sign: data => sign(algorithm === 'EdDSA' ? null : 'sha256', data, privateKey),
  }
}
