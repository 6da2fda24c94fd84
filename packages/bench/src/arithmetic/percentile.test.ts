import { describe, expect, it } from '@jest/globals'
import { percentile } from './percentile.ts'

describe('percentiles by nearest rank', () => {
  it('are values that were measured', () => {
    expect(percentile([40, 10, 30, 20], 0.5)).toBe(20)
    expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3)
  })

  it('reach the ends', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
    expect(percentile(hundred, 0.99)).toBe(99)
    expect(percentile(hundred, 1)).toBe(100)
    expect(percentile(hundred, 0)).toBe(1)
    expect(percentile([7], 0.99)).toBe(7)
  })

  it('are absent where nothing was measured', () => {
    expect(percentile([], 0.5)).toBeUndefined()
  })

  it('sort numbers as numbers and leave the values as they are', () => {
    const values = [10, 9, 100]
    expect(percentile(values, 1)).toBe(100)
    expect(values).toEqual([10, 9, 100])
  })
})
