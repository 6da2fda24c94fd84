/**
 * The algorithms that tokens and signed answers can have, and how their key pairs are made. Every installation has a key
 * of each, so that a client or a setting that asks for another one need not wait.
 */
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
