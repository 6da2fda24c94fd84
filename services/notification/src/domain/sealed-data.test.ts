import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { CompactEncrypt } from 'jose'
import { createUnseal, isSealedData } from './sealed-data.ts'

const key = randomBytes(32)
const seal = (content: unknown, alg = 'dir', enc = 'A256GCM', sealingKey: Uint8Array = key) =>
  new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg, enc })
    .encrypt(sealingKey)

describe('sealed data (RFC 7516)', () => {
  it('opens with the key that sealed it', async () => {
    expect(await createUnseal(key)(await seal({ token: 'raw' }))).toEqual({ token: 'raw' })
  })

  it('stays shut for another key', async () => {
    const sealed = await seal({ token: 'raw' }, 'dir', 'A256GCM', randomBytes(32))
    await expect(createUnseal(key)(sealed)).rejects.toMatchObject({ code: 'ERR_JWE_DECRYPTION_FAILED' })
  })

  it('must hold an object of strings', async () => {
    await expect(createUnseal(key)(await seal({ token: { $ne: '' } }))).rejects.toThrow()
    await expect(createUnseal(key)(await seal('raw'))).rejects.toThrow()
  })

  it('is recognized by its header alone', async () => {
    expect(isSealedData(await seal({ token: 'raw' }))).toBe(true)
    expect(isSealedData(await seal({ token: 'raw' }, 'A256KW'))).toBe(false)
    expect(isSealedData(await seal({ token: 'raw' }, 'dir', 'A128CBC-HS256'))).toBe(false)
    for (const text of ['', 'raw', 'a.b.c', 'a..c.d.e', '....', '{"token":"raw"}']) {
      expect(isSealedData(text)).toBe(false)
    }
  })
})
