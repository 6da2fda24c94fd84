import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { createKeySealer, KeyEncryptionError } from './sealed-private-key.ts'

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)]
const sealer = createKeySealer({ current: oldKey, old: [] })
const privateKey = Buffer.from('a private key')

describe('a sealed private key', () => {
  it('opens under the key that sealed it', () => {
    expect(sealer.open('kid', sealer.seal('kid', privateKey))).toEqual(privateKey)
  })

  it('never seals to the same bytes twice', () => {
    expect(sealer.seal('kid', privateKey).sealed).not.toEqual(sealer.seal('kid', privateKey).sealed)
  })

  it('does not open in the row of another kid', () => {
    expect(() => sealer.open('other', sealer.seal('kid', privateKey))).toThrow(KeyEncryptionError)
  })

  it('does not open once a single bit of it differs', () => {
    const { sealed, sealingKeyId } = sealer.seal('kid', privateKey)
    for (const index of [0, 12, 28, sealed.length - 1]) {
      const altered = Buffer.from(sealed)
      altered.writeUInt8(altered.readUInt8(index) ^ 1, index)
      expect(() => sealer.open('kid', { sealed: altered, sealingKeyId })).toThrow(KeyEncryptionError)
    }
  })

  it('opens under an old key encryption key that is still configured, and is known to need sealing anew', () => {
    const sealed = sealer.seal('kid', privateKey)
    const successor = createKeySealer({ current: newKey, old: [oldKey] })
    expect(successor.open('kid', sealed)).toEqual(privateKey)
    expect(successor.isCurrent(sealed)).toBe(false)
    expect(successor.isCurrent(successor.seal('kid', privateKey))).toBe(true)
  })

  it('does not open without its key encryption key, and the error shows no key', () => {
    const stranger = createKeySealer({ current: newKey, old: [] })
    expect(() => stranger.open('kid', sealer.seal('kid', privateKey))).toThrow(
      'Neither KEY_ENCRYPTION_KEY nor KEY_ENCRYPTION_KEYS_OLD opens the signing key kid',
    )
  })
})
