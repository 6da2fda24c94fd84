/** A fresh installation gets a key of every algorithm. They sign at once: no cache holds an older set. */
import { type SigningAlgorithm, signingAlgorithms } from '../keys/signing-algorithm.ts'
import { createKeyMaterial, type KeyMaterial } from '../keys/signing-key.ts'

export interface BeginSigningKeysDeps {
  readonly keys: {
    /** All or none. @returns false where there are keys already */
    begin(materials: readonly KeyMaterial[]): Promise<boolean>
  }
  readonly announce: () => void
}

/** The last one has the highest generation: replicas of a version that knew one algorithm sign with that one. */
const inOrder: readonly SigningAlgorithm[] = signingAlgorithms.toReversed()

/** @returns false where another replica was first, which is just as good */
export const createBeginSigningKeys =
  ({ keys, announce }: BeginSigningKeysDeps) =>
  async (): Promise<boolean> => {
    const begun = await keys.begin(await Promise.all(inOrder.map(createKeyMaterial)))
    if (begun) announce()
    return begun
  }

export type BeginSigningKeys = ReturnType<typeof createBeginSigningKeys>
