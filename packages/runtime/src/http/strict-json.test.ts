import { describe, expect, it } from '@jest/globals'
import { Problem } from '../problem/index.ts'
import { parseStrictJson } from './strict-json.ts'

const parse = (text: string) => parseStrictJson(Buffer.from(text))

const refusal = (body: string | Uint8Array): string | undefined => {
  try {
    parseStrictJson(Buffer.from(body))
  } catch (error) {
    if (error instanceof Problem && error.status === 400 && error.code === 'MALFORMED_JSON')
      return error.detail
    throw error
  }
  return undefined
}

describe('RFC 7493: JSON that every reader takes alike', () => {
  it('is taken as JSON.parse takes it', () => {
    const text =
      ' {"a": [1, -2.5e3, true, null, {"a": "\\u00e9\\n\\"{[:"}], "b": {"a": {}}, "": "", "é": "🔑"}\n'
    expect(parse(text)).toEqual(JSON.parse(text))
  })

  it.each([
    '{"email":"a","email":"b"}',
    '{"a":{"b":[{"c":1,"c":2}]}}',
    '{"email":1,"\\u0065mail":2}',
    '{"":1,"":2}',
    '{"a" :1, "b":[], "a"\n:2}',
  ])('has no two members of one name, at any depth and however they are escaped (§2.3): %s', text => {
    expect(refusal(text)).toBe('Two members of one object have the same name')
  })

  it('may use one name in different objects, and as a value', () => {
    expect(refusal('{"a":{"a":"a"},"b":[{"a":1},{"a":2}]}')).toBeUndefined()
  })

  it.each([
    '{"__proto__":{"admin":true}}',
    '{"a":[{"constructor":1}]}',
    '{"\\u005f_proto__":1}',
    '{"prototype":1}',
  ])('has no member that reaches into a prototype: %s', text => {
    expect(refusal(text)).toMatch(/^A member must not be named/)
  })

  it('is nested at most 16 levels deep', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    expect(refusal(nested(16))).toBeUndefined()
    expect(refusal(nested(17))).toBe('The body is nested deeper than 16 levels')
    expect(refusal(nested(30_000))).toBe('The body is nested deeper than 16 levels')
  })

  it.each(['{"n":1e400}', '{"n":-1e999}', '{"n":9007199254740993}', `{"n":${'9'.repeat(400)}}`])(
    'has only numbers that are kept exactly (§2.2): %s',
    text => {
      expect(refusal(text)).toBe('A number is too large to be kept exactly')
    },
  )

  it('has only text that is Unicode and that a database can hold (§2.1)', () => {
    expect(refusal('{"a":"\\ud800"}')).toBe('Text must not hold half a surrogate pair')
    expect(refusal('{"\\udc00":1}')).toBe('Text must not hold half a surrogate pair')
    expect(refusal('{"a":"x\\u0000y"}')).toBe('Text must not hold the NUL character')
    expect(refusal('{"a":"\\ud83d\\udd11"}')).toBeUndefined()
  })

  it('is UTF-8, without a byte order mark', () => {
    expect(refusal(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBe(
      'The body is not valid UTF-8',
    )
    expect(refusal(Buffer.from('\ufeff{"a":1}', 'utf8'))).toBe('The body is not valid JSON')
    expect(refusal(Buffer.from('{"a":1}', 'utf16le'))).toBe('The body is not valid JSON')
  })

  it.each(['"text"', '5', 'true', 'null', '[]', '[{"a":1}]'])('is an object: %s', text => {
    expect(refusal(text)).toBe('The body must be a JSON object')
  })

  it.each(['{', '{"a":1,}', "{'a':1}", '{"a":1}{"b":2}', '{"a":01}', '{"a":NaN}', '{/**/}', '{"a":"\n"}'])(
    'is JSON: %s',
    text => {
      expect(refusal(text)).toBe('The body is not valid JSON')
    },
  )

  it('is there at all', () => {
    expect(refusal('')).toBe('The body is empty')
    expect(refusal(' \n')).toBe('The body is empty')
  })

  it('is read in time that grows with its length alone', () => {
    const startedMs = performance.now()
    parse(`{"a":"${'\\"\\\\'.repeat(15_000)}"}`)
    parse(`{${Array.from({ length: 5_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`)
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })
})
