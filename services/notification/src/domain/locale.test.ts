import { describe, expect, it } from '@jest/globals'
import { matchLocale } from './locale.ts'

const available = ['en', 'de', 'fr'] as const

describe('RFC 4647 §3.4: the language of a mail', () => {
  it.each([
    ['de', 'de'],
    ['de-CH', 'de'],
    ['de_AT', 'de'],
    ['FR-ca', 'fr'],
    ['de-CH-1996', 'de'],
  ])('%s finds %s', (requested, found) => {
    expect(matchLocale(requested, available, 'en')).toBe(found)
  })

  it.each(['', 'pt-BR', 'deutsch', '../de', '*'])('%j falls back to the default', requested => {
    expect(matchLocale(requested, available, 'fr')).toBe('fr')
  })
})
