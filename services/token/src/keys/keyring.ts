/**
 * The signing keys of every algorithm as this replica knows them. Which one signs and which are published is decided at
 * each use, from the instants in their rows and the database's clock, so that all replicas change over together without
 * a message.
 */
import type { JSONWebKeySet } from 'jose'
import { findSigningKey, publishedKeys } from '../domain/key-schedule.ts'
import type { SigningKeys } from '../store/signing-keys.ts'
import { type SigningAlgorithm, signingAlgorithms } from './signing-algorithm.ts'
import type { SigningKey } from './signing-key.ts'

/** The keys have not been read yet, or none of them may sign. The caller answers 503. */
export class NoSigningKeyError extends Error {
  override readonly name = 'NoSigningKeyError'
  readonly reason = 'no_signing_key'

  constructor() {
    super('There is no signing key yet')
  }
}

export interface KeyringDeps {
  readonly keys: Pick<SigningKeys, 'list'>
  readonly now: () => Date
}

export const createKeyring = ({ keys, now }: KeyringDeps) => {
  let held: readonly SigningKey[] = []
  let heldOf: Partial<Record<SigningAlgorithm, readonly SigningKey[]>> = {}
  let offsetMs = 0

  const databaseNow = () => new Date(now().getTime() + offsetMs)

  const findSigning = (algorithm: SigningAlgorithm) => findSigningKey(heldOf[algorithm] ?? [], databaseNow())

  const orThrow = (key: SigningKey | undefined): SigningKey => {
    if (key === undefined) throw new NoSigningKeyError()
    return key
  }

  return {
    reload: async (): Promise<void> => {
      const set = await keys.list()
      held = set.keys
      heldOf = Object.groupBy(held, key => key.algorithm)
      offsetMs = set.readAt.getTime() - now().getTime()
    },
    databaseNow,
    /** Of any algorithm; 0 where there is no key. */
    newestGeneration: (): number => held.at(-1)?.generation ?? 0,
    findNewest: (algorithm: SigningAlgorithm): SigningKey | undefined => heldOf[algorithm]?.at(-1),
    /**
     * The algorithm's key whose turn it is. Where the algorithm is new to the installation, its first key signs while it
     * waits: nobody has verified with that algorithm before, and nothing else could sign.
     * @throws NoSigningKeyError
     */
    getSigningKey: (algorithm: SigningAlgorithm): SigningKey =>
      orThrow(findSigning(algorithm) ?? publishedKeys(heldOf[algorithm] ?? [], databaseNow()).at(-1)),
    /**
     * The key for what verifiers accept of any algorithm: until the algorithm's first key has been published for long
     * enough, one of another algorithm stands in. @throws NoSigningKeyError
     */
    getPublishedSigningKey: (algorithm: SigningAlgorithm): SigningKey =>
      orThrow(findSigning(algorithm) ?? signingAlgorithms.map(findSigning).find(key => key !== undefined)),
    /** @throws NoSigningKeyError while no key has been read: an empty set must not get into caches */
    getJwks: (): JSONWebKeySet => {
      const published = publishedKeys(held, databaseNow())
      if (published.length === 0) throw new NoSigningKeyError()
      return { keys: published.map(key => key.publicJwk) }
    },
  }
}

export type Keyring = ReturnType<typeof createKeyring>
