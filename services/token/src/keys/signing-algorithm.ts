/** The algorithms that access tokens can be signed with, and how their key pairs are made. */
import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

export const signingAlgorithms = ['ES256', 'RS256', 'EdDSA'] as const

/** @see RFC 7518 §3.1, RFC 8037 §3.1 */
export type SigningAlgorithm = (typeof signingAlgorithms)[number]

export const isSigningAlgorithm = (text: string): text is SigningAlgorithm =>
  signingAlgorithms.some(algorithm => algorithm === text)

const generate = promisify(generateKeyPair)

const generators = {
  ES256: () => generate('ec', { namedCurve: 'P-256' }),
  RS256: () => generate('rsa', { modulusLength: 2048 }),
  EdDSA: () => generate('ed25519'),
} satisfies Record<SigningAlgorithm, () => Promise<{ privateKey: KeyObject; publicKey: KeyObject }>>

/** A fresh key pair; an RSA one takes some 100 ms of another thread. */
export const generateSigningKeyPair = (algorithm: SigningAlgorithm) => generators[algorithm]()
