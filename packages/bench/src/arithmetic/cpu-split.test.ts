import { describe, expect, it } from '@jest/globals'
import { splitCpu } from './cpu-split.ts'

describe('the CPU of an operation', () => {
  it('is what all processes used together, divided by the operations', () => {
    const split = splitCpu({ gateway: 1, postgres: 10 }, { gateway: 1.5, postgres: 11.5 }, 1_000)
    expect(split.micros).toBeCloseTo(2_000)
    expect(split.perCoreSecond).toBeCloseTo(500)
  })

  it('names the most expensive process first', () => {
    const split = splitCpu({ a: 0, b: 0, c: 0 }, { a: 0.1, b: 0.3, c: 0.2 }, 1)
    expect(Object.keys(split.microsByProcess)).toEqual(['b', 'c', 'a'])
  })

  it('counts all of a process that began in between', () => {
    expect(splitCpu({}, { token: 2 }, 2).micros).toBeCloseTo(1e6)
  })

  it('is unknown where a process ended in between, or nothing was done', () => {
    expect(() => splitCpu({ token: 1 }, {}, 1)).toThrow('token ended while measuring')
    expect(() => splitCpu({}, {}, 0)).toThrow('nothing was done')
  })
})
