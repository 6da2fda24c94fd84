import { describe, expect, it } from '@jest/globals'
import { errorDescriptionOf } from './error-description.ts'

describe('RFC 6749 §5.2: error_description', () => {
  it('is left as it is where it may be sent so', () => {
    const text = 'scope a:b must not hold {x} [1] (~50 %), #2!'
    expect(errorDescriptionOf(text)).toBe(text)
  })

  it('has plain quotation marks and dashes', () => {
    expect(errorDescriptionOf('The client’s “a” – see §5.5 …')).toBe("The client's 'a' - see section 5.5 ...")
    expect(errorDescriptionOf('expected one of "RS256"|"ES256", not C:\\x')).toBe(
      "expected one of 'RS256'|'ES256', not C:/x",
    )
  })

  it('holds nothing else, whatever a request has brought into it', () => {
    expect(errorDescriptionOf('scope ü\r\n\t\u0000\u007f𝒳 x')).toBe('scope ??????? x')
  })
})
