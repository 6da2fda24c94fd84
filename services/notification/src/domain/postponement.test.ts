import { describe, expect, it } from '@jest/globals'
import { postponementMs } from './postponement.ts'

describe('waiting for a mail server that is away', () => {
  it('doubles from a second to half a minute, and no further', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map(tries => postponementMs(tries, 1))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
    ])
  })

  it('is spread over the second half of each wait', () => {
    expect(postponementMs(3, 0)).toBe(4000)
    expect(postponementMs(3, 0.5)).toBe(6000)
  })
})
