import { describe, expect, it } from '@jest/globals'
import { parseUserMetadata } from './user-metadata.ts'

const codesOf = (value: Record<string, unknown>): string[] => {
  const checked = parseUserMetadata(value)
  return checked.outcome === 'accepted' ? [] : checked.violations.map(({ code }) => code)
}

const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]))

describe('user metadata', () => {
  it('accepts an object of JSON values as it is', () => {
    const value = {
      plan: 'pro',
      seats: 3,
      tags: ['a', 'b'],
      nested: { on: true, off: null },
      text: '\\u0000',
    }
    expect(parseUserMetadata(value)).toEqual({ outcome: 'accepted', value })
    expect(codesOf({})).toEqual([])
  })

  it('accepts 50 keys and refuses 51, wherever they are', () => {
    expect(codesOf(keys(50))).toEqual([])
    expect(codesOf(keys(51))).toEqual(['metadata_too_many_keys'])
    expect(codesOf({ list: [keys(25), keys(25)] })).toEqual(['metadata_too_many_keys'])
  })

  it('accepts 5 levels and refuses 6', () => {
    expect(codesOf({ a: { b: { c: { d: {} } } } })).toEqual([])
    expect(codesOf({ a: [{ b: [{ c: {} }] }] })).toEqual(['metadata_too_deep'])
  })

  it('refuses more than 8 KiB, counted in UTF-8', () => {
    expect(codesOf({ a: 'x'.repeat(8_192 - '{"a":""}'.length) })).toEqual([])
    expect(codesOf({ a: 'x'.repeat(8_193 - '{"a":""}'.length) })).toEqual(['metadata_too_large'])
    expect(codesOf({ a: 'ü'.repeat(4_096) })).toEqual(['metadata_too_large'])
  })

  it.each([{ a: 'x\u0000' }, { 'a\u0000': 1 }, { a: ['\ud800'] }, { a: '\\\u0000' }])(
    'refuses text that jsonb cannot hold: %j',
    value => {
      expect(codesOf(value)).toEqual(['metadata_invalid_text'])
    },
  )
})
