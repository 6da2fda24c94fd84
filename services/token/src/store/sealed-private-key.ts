/**
 * Private keys at rest: AES-256-GCM under the key encryption key, with the kid as additional data, so that a sealed key
 * cannot be moved to another row. Keys sealed under an old key encryption key open too, and are sealed anew.
 */
import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto'

/** No configured key opens this signing key. The process cannot do its work. */
export class KeyEncryptionError extends Error {
  override readonly name = 'KeyEncryptionError'
  readonly reason = 'key_encryption_key_unknown'

  constructor(kid: string, options?: ErrorOptions) {
    super(`Neither KEY_ENCRYPTION_KEY nor KEY_ENCRYPTION_KEYS_OLD opens the signing key ${kid}`, options)
  }
}

export interface SealedKey {
  /** Nonce (12 bytes), tag (16), ciphertext. */
  readonly sealed: Uint8Array<ArrayBuffer>
  readonly sealingKeyId: string
}

export interface KeyEncryptionKeys {
  /** 32 bytes. */
  readonly current: Uint8Array
  readonly old: readonly Uint8Array[]
}

/** Names a key encryption key without telling anything about it. */
const idOf = (key: Uint8Array) =>
  hash('sha256', Buffer.concat([Buffer.from('latchkey kek id'), key])).slice(0, 16)

export const createKeySealer = ({ current, old }: KeyEncryptionKeys) => {
  const currentId = idOf(current)
  const keysById = new Map([current, ...old].map(key => [idOf(key), key]))

  const seal = (kid: string, privateKey: Uint8Array): SealedKey => {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', current, nonce).setAAD(Buffer.from(kid))
    const ciphertext = Buffer.concat([cipher.update(privateKey), cipher.final()])
    return { sealed: Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]), sealingKeyId: currentId }
  }

  /** @throws KeyEncryptionError where the key is not configured or the ciphertext was altered */
  const open = (kid: string, { sealed, sealingKeyId }: SealedKey): Buffer => {
    const key = keysById.get(sealingKeyId)
    if (key === undefined) throw new KeyEncryptionError(kid)
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
      .setAAD(Buffer.from(kid))
      .setAuthTag(sealed.subarray(12, 28))
    try {
      return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
    } catch (cause) {
      throw new KeyEncryptionError(kid, { cause })
    }
  }

  return { seal, open, isCurrent: ({ sealingKeyId }: SealedKey) => sealingKeyId === currentId }
}

export type KeySealer = ReturnType<typeof createKeySealer>
