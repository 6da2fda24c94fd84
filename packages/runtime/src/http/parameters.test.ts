import { describe, expect, it } from '@jest/globals'
import { Problem } from '../problem/index.ts'
import { parseParameters } from './parameters.ts'

const codeOf = (text: string): string | undefined => {
  try {
    parseParameters(text)
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
  return undefined
}

describe('draft OAuth 2.1 §3.1: request parameters', () => {
  it('are decoded as forms are', () => {
    expect({
      ...parseParameters('grant_type=refresh_token&scope=openid+profile&name=%C3%A9%26&a=b=c'),
    }).toEqual({
      grant_type: 'refresh_token',
      scope: 'openid profile',
      name: 'é&',
      a: 'b=c',
    })
  })

  it('count as absent without a value', () => {
    expect({ ...parseParameters('state=&scope&=x&&code=1') }).toEqual({ code: '1' })
  })

  it('must not come twice', () => {
    expect(codeOf('code=a&code=b')).toBe('DUPLICATE_PARAMETER')
    expect(codeOf('code=a&c%6fde=a')).toBe('DUPLICATE_PARAMETER')
    expect(codeOf('code=a&code=')).toBeUndefined()
  })

  it('may come more often where they are lists (RFC 8707 §2)', () => {
    const options = { repeatable: ['resource'] }
    expect({ ...parseParameters('resource=a&resource=b', options) }).toEqual({ resource: ['a', 'b'] })
    expect({ ...parseParameters('resource=a', options) }).toEqual({ resource: ['a'] })
  })

  it.each(['a=%', 'a=%zz', 'a=%ff', 'a=\xff', 'a=%00', 'a=\0', 'a=%ed%a0%80'])(
    'are percent-encoded UTF-8: %s',
    text => {
      expect(codeOf(text)).toBe('MALFORMED_PARAMETERS')
    },
  )

  it('may all be lists, for a reader with a refusal of its own', () => {
    expect({ ...parseParameters('a=1&b=2&a=3&c=', { repeatable: 'all' }) }).toEqual({
      a: ['1', '3'],
      b: ['2'],
    })
  })

  it('come in any number of one name for no more than their length', () => {
    // Copied for each value, this many would take longer than a test may.
    const count = 100_000
    const { a } = parseParameters('a=1&'.repeat(count), { repeatable: 'all' })
    expect(a).toHaveLength(count)
  })

  it('have names that do nothing, whatever they are', () => {
    const parameters = parseParameters('__proto__=x&constructor=y')
    expect(Object.keys(parameters)).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(parameters)).toBeNull()
  })
})
