import { describe, expect, it } from '@jest/globals'
import { Secret, TOTP, URI } from 'otpauth'
import { toBase32 } from './base32.ts'
import { findTotpStep, hotpCode, parseTotpCode, totpStepAt, totpUri } from './totp.ts'

const rfcSecret = Buffer.from('12345678901234567890')
const atSeconds = (seconds: number) => new Date(seconds * 1_000)

describe('RFC 4226 Appendix D: HOTP values', () => {
  it.each([
    [0, '755224'],
    [1, '287082'],
    [2, '359152'],
    [3, '969429'],
    [4, '338314'],
    [5, '254676'],
    [6, '287922'],
    [7, '162583'],
    [8, '399871'],
    [9, '520489'],
  ])('counter %d gives %s', (counter, code) => {
    expect(hotpCode(rfcSecret, counter)).toBe(code)
  })
})

describe('RFC 6238 Appendix B: TOTP values', () => {
  // The last six of the eight digits there.
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %d s it is %s', (seconds, code) => {
    expect(findTotpStep(rfcSecret, code, atSeconds(seconds))).toBe(totpStepAt(atSeconds(seconds)))
  })
})

describe('RFC 6238 §5.2: codes of the steps beside', () => {
  const at = atSeconds(1_700_000_010)
  const codeOf = (step: number) => hotpCode(rfcSecret, totpStepAt(at) + step)

  it('count for one step to either side, and no further', () => {
    expect([-2, -1, 0, 1, 2].map(step => findTotpStep(rfcSecret, codeOf(step), at))).toEqual([
      undefined,
      totpStepAt(at) - 1,
      totpStepAt(at),
      totpStepAt(at) + 1,
      undefined,
    ])
  })
})

describe('what an authenticator app makes of it', () => {
  const secret = Buffer.from('4d2f6c1e9a0b7c8d5e6f70819203a4b5c6d7e8f9', 'hex')
  const uri = totpUri(secret, { issuer: 'Latchkey & Co', account: 'jo+a@example.com' })

  it('reads the address of the QR code, and shows the same codes', () => {
    const app = URI.parse(uri)
    if (!(app instanceof TOTP)) throw new Error('no TOTP address')
    expect([app.issuer, app.label, app.algorithm, app.digits, app.period]).toEqual([
      'Latchkey & Co',
      'jo+a@example.com',
      'SHA1',
      6,
      30,
    ])
    for (const seconds of [59, 89, 90, 1_700_000_000, 4_102_444_800]) {
      const at = atSeconds(seconds)
      expect(findTotpStep(secret, app.generate({ timestamp: at.getTime() }), at)).toBe(totpStepAt(at))
    }
  })

  it('takes the secret as text too (RFC 4648 §6)', () => {
    expect(Buffer.from(Secret.fromBase32(toBase32(secret)).bytes)).toEqual(secret)
    expect(toBase32(Buffer.from('foobar'))).toBe('MZXW6YTBOI')
  })
})

describe('a code as it is typed', () => {
  it('may have spaces, and is six digits', () => {
    expect(parseTotpCode(' 123 456 ')).toBe('123456')
    for (const text of ['12345', '1234567', '12345a', '', '１２３４５６'])
      expect(parseTotpCode(text)).toBeUndefined()
  })
})
