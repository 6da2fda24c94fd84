import { describe, expect, it } from '@jest/globals'
import { preferredType } from './preferred-type.ts'

const types = ['application/json', 'text/html']
const chosen = (accept: string | undefined) => types[preferredType(accept, types) ?? -1]

describe('RFC 9110 §12.5.1: Accept', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'text/html'],
    ['TEXT/HTML', 'text/html'],
    ['text/*', 'text/html'],
    ['text/html;q=0.4, application/json;q=0.5', 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['text/html;q=0.7, */*;q=0.7', 'text/html'],
    ['application/json;q=0, */*', 'text/html'],
    ['application/json;q=nonsense, text/html', 'text/html'],
    ['image/png', undefined],
    ['application/json;q=0, text/html;q=0', undefined],
  ])('%s → %s', (accept, expected) => {
    expect(chosen(accept)).toBe(expected)
  })
})
