import { describe, expect, it } from '@jest/globals'
import { preferredLocale } from './locale.ts'

describe('RFC 9110 §12.5.4: Accept-Language', () => {
  it.each([
    [undefined, ''],
    ['', ''],
    ['de', 'de'],
    ['de-CH, en;q=0.8', 'de-CH'],
    ['en;q=0.5, fr;q=0.9', 'fr'],
    ['en, fr', 'en'],
    ['de;q=0', ''],
    ['*', ''],
    ['de\r\nBcc: x', ''],
    ['../../etc/passwd, en', 'en'],
    ['x'.repeat(100_000), ''],
  ])('%j prefers %j', (header, tag) => {
    expect(preferredLocale(header)).toBe(tag)
  })
})
