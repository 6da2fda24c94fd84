import { describe, expect, it } from '@jest/globals'
import { chooseLocale, fill } from './locale.ts'
import { phrases } from './phrases.ts'

describe('RFC 9110 §12.5.4: Accept-Language', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['DE-ch, en;q=0.8', 'de'],
    ['en;q=0.5, fr;q=0.9', 'fr'],
    ['pt, fr;q=0.5', 'fr'],
    ['de;q=0, fr', 'fr'],
    ['de;q=nonsense', 'en'],
    ['*', 'en'],
    ['x'.repeat(100_000), 'en'],
  ])('%j is answered in %s', (acceptLanguage, locale) => {
    expect(chooseLocale({ acceptLanguage })).toBe(locale)
  })
})

describe('OpenID Connect Core 1.0 §3.1.2.1: ui_locales', () => {
  it.each([
    ['fr', 'fr'],
    ['pt-BR de en', 'de'],
    ['pt', 'fr'],
    ['', 'fr'],
  ])('%j counts before the browser, which asks for French: %s', (uiLocales, locale) => {
    expect(chooseLocale({ uiLocales, acceptLanguage: 'fr' })).toBe(locale)
  })
})

describe('phrases', () => {
  it('take values once, and keep what has none', () => {
    expect(fill('{a} and {b}', { a: '{b}' })).toBe('{b} and {b}')
  })

  it('are all translated', () => {
    const words = (value: unknown): string[] =>
      typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(words)
    for (const locale of ['de', 'fr'] as const) {
      expect(words(phrases[locale])).toHaveLength(words(phrases.en).length)
      expect(words(phrases[locale]).filter(phrase => words(phrases.en).includes(phrase))).toEqual([])
    }
  })
})
