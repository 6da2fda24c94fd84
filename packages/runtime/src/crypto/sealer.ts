/**
 * Secrets at rest that have to be read again: AES-256-GCM under a key encryption key, with the row's name as additional
 * data, so that a sealed secret can't be moved to another row. What was sealed under an old key opens too, and is known.
 */
import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto'

export interface Sealed {
  /** Nonce (12 bytes), tag (16), ciphertext. */
  readonly sealed: Uint8Array<ArrayBuffer>
  readonly sealingKeyId: string
}

export interface SealingKeys {
  /** 32 bytes. */
  readonly current: Uint8Array
  readonly old: readonly Uint8Array[]
}

/** None of the keys opens it, or it was altered. */
export class UnsealingError extends Error {
  override readonly name = 'UnsealingError'
  readonly reason = 'unsealing_failed'
}

/** Names a key encryption key without telling anything about it. */
const idOf = (key: Uint8Array) =>
  hash('sha256', Buffer.concat([Buffer.from('latchkey kek id'), key])).slice(0, 16)

export const createSealer = ({ current, old }: SealingKeys) => {
  const currentId = idOf(current)
  const keysById = new Map([current, ...old].map(key => [idOf(key), key]))

  const seal = (name: string, secret: Uint8Array): Sealed => {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', current, nonce).setAAD(Buffer.from(name))
    const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()])
    return { sealed: Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]), sealingKeyId: currentId }
  }

  /** @throws UnsealingError where the key is not configured or the ciphertext was altered */
  const open = (name: string, { sealed, sealingKeyId }: Sealed): Buffer => {
    const key = keysById.get(sealingKeyId)
    if (key === undefined) throw new UnsealingError(`no configured key opens ${name}`)
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
      .setAAD(Buffer.from(name))
      .setAuthTag(sealed.subarray(12, 28))
    try {
      return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
    } catch (cause) {
      throw new UnsealingError(`${name} was altered`, { cause })
    }
  }

  return {
    seal,
    open,
    isCurrent: ({ sealingKeyId }: Pick<Sealed, 'sealingKeyId'>) => sealingKeyId === currentId,
  }
}

export type Sealer = ReturnType<typeof createSealer>
