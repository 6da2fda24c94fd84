import { describe, expect, it } from '@jest/globals'
import { breachQuestionOf, parseBreachedSuffixes } from './breached-password.ts'
import type { RawPassword } from './password-text.ts'

describe('the question for a breached password', () => {
  it('is the first five digits of its SHA-1', () => {
    expect(breachQuestionOf('password' as RawPassword)).toEqual({
      prefix: '5BAA6',
      suffix: '1E4C9B93F3F0682250B6CF8331B7EE68FD8',
    })
  })

  it('is answered by suffixes, of which those that were never seen are padding', () => {
    const suffix = '1E4C9B93F3F0682250B6CF8331B7EE68FD8'
    const padding = '00000000000000000000000000000000000'
    expect(parseBreachedSuffixes(`${suffix.toLowerCase()}:42\r\n${padding}:0\r\nnonsense`)).toEqual(
      new Set([suffix]),
    )
  })
})
