import { describe, expect, it } from '@jest/globals'
import { parsePrompt } from './prompt.ts'

describe('OpenID Connect Core §3.1.2.1: prompt', () => {
  it('is one or more known words', () => {
    expect(parsePrompt('none')).toEqual(new Set(['none']))
    expect(parsePrompt('login consent')).toEqual(new Set(['login', 'consent']))
    expect(parsePrompt('create')).toEqual(new Set(['create']))
  })

  it.each(['none login', 'login none', 'None', 'popup', '', ' ', 'login  consent'])('is not %j', text => {
    expect(parsePrompt(text)).toBeUndefined()
  })
})
