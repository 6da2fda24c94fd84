/**
 * Publishes the next signing key of an algorithm; it signs once every cache has seen it, and its predecessor retires at
 * that instant.
 */
import type { Succession } from '../domain/key-schedule.ts'
import type { SigningAlgorithm } from '../keys/signing-algorithm.ts'
import { createKeyMaterial, type KeyMaterial } from '../keys/signing-key.ts'

export interface RotateSigningKeyDeps {
  readonly keys: {
    /** One conditional statement. @returns false where another replica has added a key after that generation */
    addSuccessor(material: KeyMaterial, succession: Succession): Promise<boolean>
  }
  readonly periods: Omit<Succession, 'after'>
  /** Tells the other replicas, for speed; they find out anyway. */
  readonly announce: () => void
}

/** @returns false where another replica was first: look again whether a key is still due */
export const createRotateSigningKey =
  ({ keys, periods, announce }: RotateSigningKeyDeps) =>
  async (algorithm: SigningAlgorithm, newestGeneration: number): Promise<boolean> => {
    const added = await keys.addSuccessor(await createKeyMaterial(algorithm), {
      after: newestGeneration,
      ...periods,
    })
    if (added) announce()
    return added
  }

export type RotateSigningKey = ReturnType<typeof createRotateSigningKey>
