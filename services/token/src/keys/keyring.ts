/**
 * The signing keys as this replica knows them. Which one signs and which are published is decided at each use, from the
 * instants in their rows and the database's clock, so that all replicas change over together without a message.
 */
import type { JSONWebKeySet } from 'jose'
import { findSigningKey, publishedKeys } from '../domain/key-schedule.ts'
import type { SigningKeys } from '../store/signing-keys.ts'
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
  let offsetMs = 0

  const databaseNow = () => new Date(now().getTime() + offsetMs)

  return {
    reload: async (): Promise<void> => {
      const set = await keys.list()
      held = set.keys
      offsetMs = set.readAt.getTime() - now().getTime()
    },
    databaseNow,
    findNewest: (): SigningKey | undefined => held.at(-1),
    /** @throws NoSigningKeyError */
    getSigningKey: (): SigningKey => {
      const key = findSigningKey(held, databaseNow())
      if (key === undefined) throw new NoSigningKeyError()
      return key
    },
    /** @throws NoSigningKeyError while no key has been read: an empty set must not get into caches */
    getJwks: (): JSONWebKeySet => {
      const published = publishedKeys(held, databaseNow())
      if (published.length === 0) throw new NoSigningKeyError()
      return { keys: published.map(key => key.publicJwk) }
    },
  }
}

export type Keyring = ReturnType<typeof createKeyring>
