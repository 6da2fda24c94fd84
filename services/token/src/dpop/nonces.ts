/**
 * Nonces that clients put into their DPoP proofs (RFC 9449 §8, §9): they bound the time for which proofs can be made in
 * advance. Nothing is stored: a nonce is the HMAC of a time window, the same in every replica and for every client.
 */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import { derivedKey } from '../domain/derived-key.ts'

// A nonce is good in its own window and the next: for two to four minutes.
const windowMs = 120_000
const nonceBytes = 16
const form = /^[\w-]{22}$/

/** The key of the nonces, out of a key encryption key. */
export const dpopNonceKeyOf = (keyEncryptionKey: Uint8Array): KeyObject =>
  derivedKey(keyEncryptionKey, 'latchkey dpop nonce v1')

export interface DpopNoncesDeps {
  /** Nonces are made with the first; those of the others are good too. */
  readonly keys: readonly [KeyObject, ...KeyObject[]]
  readonly now: () => Date
}

export const createDpopNonces = ({ keys, now }: DpopNoncesDeps) => {
  const nonceOf = (key: KeyObject, window: number): Buffer => {
    const message = Buffer.alloc(8)
    message.writeBigUInt64BE(BigInt(window))
    return createHmac('sha256', key).update(message).digest().subarray(0, nonceBytes)
  }
  const currentWindow = () => Math.floor(now().getTime() / windowMs)

  return {
    /** The value of `DPoP-Nonce` now. */
    current: (): string => nonceOf(keys[0], currentWindow()).toString('base64url'),
    /** Those of the next window too: another replica's clock may be ahead. */
    accepts: (nonce: string): boolean => {
      if (!form.test(nonce)) return false
      const presented = Buffer.from(nonce, 'base64url')
      const window = currentWindow()
      return keys.some(key =>
        [window, window - 1, window + 1].some(each => timingSafeEqual(nonceOf(key, each), presented)),
      )
    },
  }
}

export type DpopNonces = ReturnType<typeof createDpopNonces>
