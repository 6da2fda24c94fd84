import { describe, expect, it } from '@jest/globals'
import { mannWhitney } from './mann-whitney.ts'

const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index)

describe('the Mann–Whitney U test', () => {
  it('agrees with what others publish', () => {
    // wilcox.test(c(19,22,16,29,24), c(20,11,17,12), exact = FALSE, correct = FALSE) of R: W = 17, p = 0.08641
    const { superiority, p } = mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12])
    expect(superiority).toBeCloseTo(17 / 20, 10)
    expect(p).toBeCloseTo(0.08641, 4)
  })

  it('finds no difference between a sample and itself', () => {
    expect(mannWhitney(upTo(100), upTo(100))).toEqual({ superiority: 0.5, p: expect.closeTo(1, 6) })
    expect(mannWhitney([5, 5, 5], [5, 5])).toEqual({ superiority: 0.5, p: 1 })
  })

  it('finds a difference that a single measurement would show', () => {
    const { superiority, p } = mannWhitney(upTo(100, 1_000), upTo(100))
    expect(superiority).toBe(1)
    expect(p).toBeLessThan(1e-9)
    expect(mannWhitney(upTo(100), upTo(100, 1_000)).superiority).toBe(0)
  })

  it('finds a shift that is small beside the spread, given enough of both', () => {
    const spread = upTo(2_000)
    const shifted = spread.map(value => value + 100)
    expect(mannWhitney(shifted.slice(0, 20), spread.slice(0, 20)).superiority).toBe(1)
    const { superiority, p } = mannWhitney(shifted, spread)
    expect(superiority).toBeCloseTo(0.55, 2)
    expect(p).toBeLessThan(0.001)
  })

  it('says nothing of nothing', () => {
    expect(() => mannWhitney([], [1])).toThrow('nothing was measured')
  })
})
