import { describe, expect, it } from '@jest/globals'
import { formatScope, parseScope } from './scope.ts'

describe('RFC 6749 §3.3: scope', () => {
  it('is words in their order, each once', () => {
    expect(parseScope('openid  profile openid')).toEqual(['openid', 'profile'])
    expect(formatScope(parseScope('a:read b'))).toBe('a:read b')
  })

  it('is none where there is no text', () => {
    expect(parseScope(undefined)).toEqual([])
    expect(parseScope('  ')).toEqual([])
  })

  it('tells upper case from lower case', () => {
    expect(parseScope('A a')).toEqual(['A', 'a'])
  })

  it.each(['a"b', 'a\\b', 'ä', 'a\tb', 'a\nb', '\u0000'])('is refused with %j in it', text => {
    expect(() => parseScope(text)).toThrow(expect.objectContaining({ error: 'invalid_scope' }))
  })
})
