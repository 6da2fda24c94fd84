import { describe, expect, it } from '@jest/globals'
import { isCodeChallenge, isVerifierOf } from './pkce.ts'

// RFC 7636 appendix B.
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

describe('RFC 7636 §4.6: code_verifier', () => {
  it('fits the challenge that was made of it (appendix B)', () => {
    expect(isVerifierOf(verifier, challenge)).toBe(true)
  })

  it.each([
    ['is another one', verifier.replace('d', 'e'), challenge],
    ['is the challenge itself, as `plain` would have it', challenge, challenge],
    ['is too short', 'dBjftJeZ4CVP', challenge],
    ['is too long', verifier.repeat(3), challenge],
    ['holds other characters', `${verifier.slice(0, -1)}=`, challenge],
    ['has no challenge', verifier, ''],
  ])('is refused where it %s', (_, wrong, against) => {
    expect(isVerifierOf(wrong, against)).toBe(false)
  })
})

describe('RFC 7636 §4.2: code_challenge', () => {
  it('is SHA-256 in base64url', () => {
    expect(isCodeChallenge(challenge)).toBe(true)
    for (const wrong of ['', `${challenge}=`, challenge.slice(1), verifier.repeat(2), `${challenge}\n`]) {
      expect(isCodeChallenge(wrong)).toBe(false)
    }
  })
})
