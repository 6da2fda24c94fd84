/** A signing key in memory: its schedule, its public half as published, its private half as a handle. */
import { type KeyObject, randomBytes } from 'node:crypto'
import { exportJWK, type JWK } from 'jose'
import type { KeySchedule } from '../domain/key-schedule.ts'
import { generateSigningKeyPair, type SigningAlgorithm } from './signing-algorithm.ts'

export interface KeyMaterial {
  readonly kid: string
  readonly algorithm: SigningAlgorithm
  /** With `kid`, `alg` and `use`; no private member. */
  readonly publicJwk: JWK
  readonly privateKey: KeyObject
}

export interface SigningKey extends KeyMaterial, KeySchedule {
  readonly generation: number
}

export const createKeyMaterial = async (algorithm: SigningAlgorithm): Promise<KeyMaterial> => {
  const { privateKey, publicKey } = await generateSigningKeyPair(algorithm)
  const kid = randomBytes(16).toString('base64url')
  return {
    kid,
    algorithm,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' },
    privateKey,
  }
}
