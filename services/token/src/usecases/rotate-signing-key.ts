/** Publishes the next signing key; it signs once every cache has seen it, and its predecessor retires at that instant. */

import type { SigningAlgorithm } from '../keys/signing-algorithm.ts'
import { createKeyMaterial } from '../keys/signing-key.ts'
import type { SigningKeys, Succession } from '../store/signing-keys.ts'

export interface RotateSigningKeyDeps {
  readonly keys: Pick<SigningKeys, 'addSuccessor'>
  readonly algorithm: SigningAlgorithm
  readonly periods: Omit<Succession, 'after'>
  /** Tells the other replicas, for speed; they find out anyway. */
  readonly announce: () => void
}

/** @returns false where another replica was first, which is just as good */
export const createRotateSigningKey =
  ({ keys, algorithm, periods, announce }: RotateSigningKeyDeps) =>
  async (newestGeneration: number): Promise<boolean> => {
    const added = await keys.addSuccessor(await createKeyMaterial(algorithm), {
      after: newestGeneration,
      ...periods,
    })
    if (added) announce()
    return added
  }

export type RotateSigningKey = ReturnType<typeof createRotateSigningKey>
