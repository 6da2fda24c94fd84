import { describe, expect, it } from '@jest/globals'
import { acrOf, knownAcrs, lowestOf, reaches, statedAcr, supportedAcrs } from './acr.ts'

describe('RFC 8176: what amr makes of acr', () => {
  it.each([
    [['pwd'], 'urn:latchkey:acr:sfa'],
    [['otp'], 'urn:latchkey:acr:sfa'],
    [['fed'], 'urn:latchkey:acr:sfa'],
    // A key that anybody may have held.
    [['hwk'], 'urn:latchkey:acr:sfa'],
    [['pwd', 'otp', 'mfa'], 'urn:latchkey:acr:mfa'],
    [['fed', 'otp', 'mfa'], 'urn:latchkey:acr:mfa'],
    [['swk', 'user', 'mfa'], 'phr'],
    [['pwd', 'hwk', 'mfa'], 'phr'],
    [[], undefined],
  ])('%j is %s', (methods, acr) => {
    expect(acrOf(methods)).toBe(acr)
  })
})

describe('the ladder', () => {
  it('has each rung above the one before', () => {
    const [sfa, mfa, phr] = supportedAcrs
    expect([reaches(mfa, sfa), reaches(mfa, mfa), reaches(mfa, phr), reaches(undefined, sfa)]).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect(reaches(undefined, undefined)).toBe(true)
    expect(lowestOf([phr, mfa])).toBe(mfa)
  })

  it('knows what it has, in the order of who asks', () => {
    expect(knownAcrs(['phr', 'urn:other', 5, 'urn:latchkey:acr:sfa'])).toEqual([
      'phr',
      'urn:latchkey:acr:sfa',
    ])
  })
})

describe('OpenID Connect Core §5.5.1.1: the acr of the answer', () => {
  it('is the best of those asked for that is true, and what is true where none is', () => {
    const methods = ['pwd', 'otp', 'mfa']
    expect(statedAcr(methods, [])).toBe('urn:latchkey:acr:mfa')
    expect(statedAcr(methods, ['urn:latchkey:acr:sfa'])).toBe('urn:latchkey:acr:sfa')
    expect(statedAcr(methods, ['phr', 'urn:latchkey:acr:mfa'])).toBe('urn:latchkey:acr:mfa')
    expect(statedAcr(methods, ['phr'])).toBe('urn:latchkey:acr:mfa')
  })
})
