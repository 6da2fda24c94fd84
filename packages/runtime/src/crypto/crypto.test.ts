import { describe, expect, it } from '@jest/globals'
import { randomToken, sha256Base64Url, sha256Hex, timingSafeEqualStrings } from './index.ts'

describe('SHA-256', () => {
  it('is that of FIPS 180-4, for text and for bytes', () => {
    const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    expect(sha256Hex('abc')).toBe(digest)
    expect(sha256Hex(Buffer.from('abc'))).toBe(digest)
  })

  it('makes the challenge of RFC 7636 Appendix B', () => {
    expect(sha256Base64Url('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    )
  })
})

describe('random tokens', () => {
  it('have 256 bits in 43 characters that need no escaping, and do not repeat', () => {
    const tokens = Array.from({ length: 1_000 }, () => randomToken())
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(new Set(tokens).size).toBe(1_000)
    expect(randomToken(16)).toHaveLength(22)
  })
})

describe('comparison in constant time', () => {
  it('is equality, for texts of any length', () => {
    expect(timingSafeEqualStrings('secret', 'secret')).toBe(true)
    expect(timingSafeEqualStrings('secret', 'secreT')).toBe(false)
    expect(timingSafeEqualStrings('secret', 'secret and more')).toBe(false)
    expect(timingSafeEqualStrings('', '')).toBe(true)
  })
})
