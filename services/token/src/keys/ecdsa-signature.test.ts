import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { joseSignatureOf } from './ecdsa-signature.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

describe('RFC 7518 §3.4: an ECDSA signature', () => {
  it('is two integers of 32 bytes, however short they are', () => {
    const lengths = new Set<number>()
    // One in 128 has an integer with leading zeros.
    for (let round = 0; round < 2_000; round += 1) {
      const input = Buffer.from(`input ${round}`)
      const der = sign('sha256', input, privateKey)
      lengths.add(der.length)
      const signature = joseSignatureOf(der)
      expect(signature.length).toBe(64)
      expect(verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
    }
    expect(lengths.size).toBeGreaterThan(3)
  })

  it.each([
    '',
    '30',
    '3000',
    '300602010102010100',
    '3005020101020101',
    '310602010102010f',
    '3006020101030101',
  ])('is not what has another form: %s', hex => {
    expect(() => joseSignatureOf(Buffer.from(hex, 'hex'))).toThrow('not a P-256 signature')
  })

  it('of another curve is refused', () => {
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
    expect(() => joseSignatureOf(sign('sha256', Buffer.from('x'), p384))).toThrow('not a P-256 signature')
  })
})
