/** Private keys at rest: sealed under the key encryption key, each bound to its kid. */
import { createSealer, type Sealed, type SealingKeys, UnsealingError } from '@latchkey/runtime/crypto'

/** No configured key opens this signing key. The process cannot do its work. */
export class KeyEncryptionError extends Error {
  override readonly name = 'KeyEncryptionError'
  readonly reason = 'key_encryption_key_unknown'

  constructor(kid: string, options?: ErrorOptions) {
    super(`Neither KEY_ENCRYPTION_KEY nor KEY_ENCRYPTION_KEYS_OLD opens the signing key ${kid}`, options)
  }
}

export type SealedKey = Sealed
export type KeyEncryptionKeys = SealingKeys

export const createKeySealer = (keys: KeyEncryptionKeys) => {
  const { seal, open, isCurrent } = createSealer(keys)
  return {
    seal,
    isCurrent,
    /** @throws KeyEncryptionError where the key is not configured or the ciphertext was altered */
    open: (kid: string, sealed: SealedKey): Buffer => {
      try {
        return open(kid, sealed)
      } catch (cause) {
        throw cause instanceof UnsealingError ? new KeyEncryptionError(kid, { cause }) : cause
      }
    },
  }
}

export type KeySealer = ReturnType<typeof createKeySealer>
