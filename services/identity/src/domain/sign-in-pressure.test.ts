import { describe, expect, it } from '@jest/globals'
import { isHumanCheckDue } from './sign-in-pressure.ts'

describe('a human check', () => {
  it.each([
    [9, 9, false],
    [10, 10, true],
    [0, 49, false],
    [0, 50, true],
  ])('after %i failures of the address and %i of its network: %s', (ofAddress, ofNetwork, due) => {
    expect(isHumanCheckDue({ ofAddress, ofNetwork }, 10)).toBe(due)
  })
})
