import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parseCommonPasswords } from './common-passwords.ts'
import { createPasswordPolicy, type PasswordPolicyName } from './password-policy.ts'
import { lengthOf, parseRawPassword, type RawPassword } from './password-text.ts'

const common = parseCommonPasswords(
  readFileSync(new URL('../../data/common-passwords.txt', import.meta.url), 'utf8'),
)
const owner = { email: 'jo.montgomery-smith@example.com', name: 'Jo Montgomery Smith' }

const codes = (policy: PasswordPolicyName, text: string): string[] =>
  createPasswordPolicy(policy, common)
    .check(text as RawPassword, owner)
    .map(({ code }) => code)

describe('the archon password policy', () => {
  it.each(['123456', 'password', 'abc', 'Password', 'password123', 'PASSWORD123!', 'weak', 'test', 'wrong'])(
    'refuses %j',
    text => {
      expect(codes('archon', text)).not.toEqual([])
    },
  )

  it('refuses PASSWORD123! for lacking a lower-case letter', () => {
    expect(codes('archon', 'PASSWORD123!')).toContain('password_needs_lower_case')
  })

  it('names every rule that is broken', () => {
    expect(codes('archon', '')).toEqual([
      'password_too_short',
      'password_needs_upper_case',
      'password_needs_lower_case',
      'password_needs_digit',
      'password_needs_special_character',
    ])
  })

  it.each(['TestPassword123!', 'SecurePass123!', 'TestPass123!', 'DebugPass123!', 'Str0ng?er than that'])(
    'accepts %j',
    text => {
      expect(codes('archon', text)).toEqual([])
    },
  )

  it.each([...'!@#$%^&*(),.?":{}|<>'])('takes %s for a special character', character => {
    expect(codes('archon', `Quintess3nce${character}`)).toEqual([])
  })

  it.each([...`-_+=;'/\\[]~\` §`])('does not take %s for a special character', character => {
    expect(codes('archon', `Quintess3nce${character}`)).toEqual(['password_needs_special_character'])
  })

  it('takes letters and digits of any script', () => {
    expect(codes('archon', 'Пароль-٣-для-нас!')).toEqual([])
  })

  it.each([
    [7, ['password_too_short']],
    [8, []],
    [64, []],
    [128, []],
    [129, ['password_too_long']],
  ])('counts code points: %i of them', (length, expected) => {
    expect(codes('archon', `Aa1!${'🔑'.repeat(length - 4)}`)).toEqual(expected)
  })

  it.each(['P@ssw0rd', 'p@SSW0RD', 'Password1!', 'Welcome123!', 'Ｐ@ssw0rd1'])(
    'refuses the common password %j in any case and width',
    text => {
      expect(codes('archon', text)).toEqual(['password_too_common'])
    },
  )
})

describe('SP 800-63B-4 §3.1.1.2: the nist password policy', () => {
  it.each(['correct donkey', 'Tr0ub4dor&3'])('asks 15 characters of an only factor: %j', text => {
    expect(codes('nist', text)).toEqual(['password_too_short'])
  })

  it('imposes no composition', () => {
    expect(codes('nist', 'wandering albatross')).toEqual([])
    expect(codes('nist', '           x             ')).toEqual([])
    expect(codes('nist', '山の上の静かな寺院に住む人々と猫')).toEqual([])
  })

  it.each([
    'correcthorsebatterystaple',
    'Correct Horse Battery Staple',
    'qwertyuiopasdfghjkl',
    'aaaaaaaaaaaaaaaaaaaa',
    'abc1abc1abc1abc1',
    'passwordpassword',
    'letmein1letmein1letmein1',
  ])('refuses what is expected: %j', text => {
    expect(codes('nist', text)).toContain('password_too_common')
  })

  it.each(['jo.montgomery-smith@example.com', 'Jo.Montgomery-Smith', 'jo montgomery smith'])(
    'refuses what is known of the owner: %j',
    text => {
      expect(codes('nist', text)).toEqual(['password_is_personal'])
    },
  )

  it('remembers no earlier passwords', () => {
    expect(createPasswordPolicy('nist', common).remembers).toBe(0)
    expect(createPasswordPolicy('archon', common).remembers).toBe(5)
  })
})

describe('passwords as text', () => {
  it('takes the two ways to type one password for the same', () => {
    expect(parseRawPassword('Zoe\u0308')).toBe(parseRawPassword('Zo\u00eb'))
  })

  it('keeps spaces, case and compatibility characters', () => {
    expect(parseRawPassword(' ﬁ Ａ ')).toBe(' ﬁ Ａ ')
  })

  it.each(['archon', 'nist'] as const)(
    '%s refuses 600 KB of combining marks without ordering them',
    policy => {
      const startedMs = performance.now()
      const password = parseRawPassword(`Aa1!${'\u0315\u0300\u0316'.repeat(100_000)}`)
      expect(codes(policy, password ?? '')).toEqual(['password_too_long'])
      expect(performance.now() - startedMs).toBeLessThan(5_000)
    },
  )

  it('counts code points', () => {
    expect(lengthOf('a🔑b' as RawPassword)).toBe(3)
  })

  it('refuses lone surrogates, which UTF-8 can not tell apart', () => {
    expect(parseRawPassword('abc\ud800')).toBeUndefined()
  })
})
