import { describe, expect, it } from '@jest/globals'
import { createClock, eventually } from '../src/index.ts'

describe('createClock', () => {
  it('stands still until it is moved', () => {
    const clock = createClock('2026-03-01T00:00:00.000Z')
    clock.advance(1_500)
    expect(clock.now()).toEqual(new Date('2026-03-01T00:00:01.500Z'))
    clock.set(new Date(0))
    expect(clock.now().getTime()).toBe(0)
  })
})

describe('eventually', () => {
  it('gives the first result that comes without a throw', async () => {
    let attempts = 0
    const attempt = () => {
      attempts += 1
      if (attempts < 3) throw new Error('not yet')
      return attempts
    }
    expect(await eventually(attempt)).toBe(3)
  })

  it('throws what the last attempt threw once its time is up', async () => {
    const attempt = () => {
      throw new Error('never')
    }
    await expect(eventually(attempt, { timeoutMs: 50 })).rejects.toThrow('never')
  })
})
