import { describe, expect, it } from '@jest/globals'
import { locales } from '@latchkey/ui'
import { parseEmailAddress } from '../../domain/email-address.ts'
import { createPasswordPolicy, passwordPolicyNames } from '../../domain/password-policy.ts'
import type { RawPassword } from '../../domain/password-text.ts'
import { parseUserName } from '../../domain/user-name.ts'
import type { Violation } from '../../domain/violation.ts'
import { sentencesOf, wordsOf } from './words.ts'

const common = { has: () => true }
const owner = { email: 'jo@example.com', name: 'Jo' }

const violations: readonly Violation[] = [
  ...passwordPolicyNames.flatMap(name =>
    ['', 'jo', 'x'.repeat(200)].flatMap(text =>
      createPasswordPolicy(name, common).check(text as RawPassword, owner),
    ),
  ),
  ...[parseEmailAddress('nonsense'), parseEmailAddress('x'.repeat(300))].flatMap(checked =>
    checked.outcome === 'refused' ? checked.violations : [],
  ),
  ...['', 'x'.repeat(200), 'a\u202eb'].flatMap(text => {
    const checked = parseUserName(text)
    return checked.outcome === 'refused' ? checked.violations : []
  }),
]

// Names, and words that two languages have in common.
const theSame = ['Name', 'Passkeys', 'Passkey', 'Code', 'Applications']

describe('words', () => {
  it('are all translated', () => {
    const leaves = (value: unknown): string[] =>
      typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(leaves)
    const english = leaves(wordsOf('en'))
    for (const locale of ['de', 'fr'] as const) {
      const own = leaves(wordsOf(locale))
      expect(own).toHaveLength(english.length)
      const untranslated = own.filter(phrase => english.includes(phrase) && !theSame.includes(phrase))
      expect(untranslated).toEqual([])
    }
  })

  it.each(locales)('say every rule of a form in %s, with its number', locale => {
    const phrases: Readonly<Record<string, string>> = wordsOf(locale).violations
    expect(violations.length).toBeGreaterThan(15)
    for (const violation of violations) expect(phrases).toHaveProperty(violation.code)
    expect(sentencesOf(wordsOf(locale), violations).filter(sentence => /[{]\w+[}]/.test(sentence))).toEqual(
      [],
    )
  })
})
