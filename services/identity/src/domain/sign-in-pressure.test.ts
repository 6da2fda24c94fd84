import { describe, expect, it } from '@jest/globals'
import { isChallengeDue } from './sign-in-pressure.ts'

describe('a challenge', () => {
  it.each([
    [9, 9, false],
    [10, 10, true],
    [0, 49, false],
    [0, 50, true],
  ])('after %i failures of the address and %i of its network: %s', (ofAddress, ofNetwork, due) => {
    expect(isChallengeDue({ ofAddress, ofNetwork }, 10)).toBe(due)
  })
})
