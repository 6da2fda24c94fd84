import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import {
  formatRecoveryCode,
  hashRecoveryCode,
  parseRecoveryCode,
  recoveryCodeBytes,
} from './recovery-code.ts'

const code = formatRecoveryCode(Buffer.from(Array.from({ length: recoveryCodeBytes }, (_, index) => index)))

describe('a recovery code (ASVS 6.5.2)', () => {
  it('has 125 bits in five groups, without letters that look alike', () => {
    expect(code).toBe('01234-56789-abcde-fghjk-mnpqr')
    for (let round = 0; round < 50; round++)
      expect(formatRecoveryCode(randomBytes(recoveryCodeBytes))).toMatch(
        /^([0-9a-hjkmnp-tv-z]{5}-){4}[0-9a-hjkmnp-tv-z]{5}$/,
      )
  })

  it('is the same however it is typed', () => {
    const typed = [
      '01234 56789 ABCDE FGHJK MNPQR',
      ' o1234-56789-abcde-fghjk-mnpqr',
      code.replaceAll('1', 'l'),
    ]
    for (const text of typed) expect(parseRecoveryCode(text)).toBe(parseRecoveryCode(code))
  })

  it('is nothing else', () => {
    for (const text of [
      '',
      '123456',
      code.slice(1),
      `${code}0`,
      code.replace('a', 'u'),
      code.replace('a', 'é'),
    ])
      expect(parseRecoveryCode(text)).toBeUndefined()
  })

  it('is kept as a hash of its own kind', () => {
    expect(hashRecoveryCode('a')).toMatch(/^[0-9a-f]{64}$/)
    expect(hashRecoveryCode('a')).not.toBe(hashRecoveryCode('b'))
  })
})
