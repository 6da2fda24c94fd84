import { randomBytes, randomInt } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { drawUserCode, hashUserCode, parseUserCode, showUserCode, userCodeKeyOf } from './user-code.ts'

describe('RFC 8628 §6.1: a user code', () => {
  it('is eight letters of the alphabet without vowels and look-alikes', () => {
    const letters = new Set<string>()
    for (let n = 0; n < 500; n += 1) {
      const code = drawUserCode(max => randomInt(max))
      expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/)
      for (const letter of code) letters.add(letter)
    }
    expect(letters.size).toBe(20)
  })

  it('is shown in two groups', () => {
    expect(showUserCode('WDJBMJHT')).toBe('WDJB-MJHT')
  })

  it.each(['WDJB-MJHT', 'wdjb-mjht', 'wdjbmjht', ' WDJB MJHT ', 'WD-JB-MJ-HT', 'WDJB–MJHT', 'wdjb.mjht'])(
    'is understood as it is typed: %s',
    typed => {
      expect(parseUserCode(typed)).toBe('WDJBMJHT')
    },
  )

  it.each([
    '',
    'WDJB-MJH',
    'WDJB-MJHTT',
    'ADJB-MJHT',
    'WDJB-MJH7',
    'WDJB-MJHT'.repeat(100),
    'WDJB_MJHT',
    'ẂDJBMJHT',
  ])('is not: %s', typed => {
    expect(parseUserCode(typed)).toBeUndefined()
  })
})

describe('what is stored of a user code', () => {
  it('is the same for the same key and code, and says nothing without the key', () => {
    const [key, other] = [userCodeKeyOf(randomBytes(32)), userCodeKeyOf(randomBytes(32))]
    expect(hashUserCode(key, 'WDJBMJHT')).toEqual(hashUserCode(key, 'WDJBMJHT'))
    expect(hashUserCode(other, 'WDJBMJHT')).not.toEqual(hashUserCode(key, 'WDJBMJHT'))
  })
})
