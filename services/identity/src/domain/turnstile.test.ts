import { describe, expect, it } from '@jest/globals'
import { createTurnstile } from './turnstile.ts'

const settle = () => new Promise(resolve => setImmediate(resolve))

describe('the turnstile', () => {
  it('lets so many at a time through for one key, in the order in which they came', async () => {
    const turnstile = createTurnstile(2)
    const begun: number[] = []
    const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
    const passes = gates.map(({ promise }, index) =>
      turnstile.pass('a', () => {
        begun.push(index)
        return promise
      }),
    )
    await settle()
    expect(begun).toEqual([0, 1])
    gates[1]?.resolve()
    await settle()
    expect(begun).toEqual([0, 1, 2])
    for (const gate of gates) gate.resolve()
    await Promise.all(passes)
    expect(begun).toEqual([0, 1, 2, 3, 4])
    expect(turnstile.size).toBe(0)
  })

  it('keeps keys apart', async () => {
    const turnstile = createTurnstile(1)
    const stuck = Promise.withResolvers<void>()
    const first = turnstile.pass('a', () => stuck.promise)
    expect(await turnstile.pass('b', async () => 'through')).toBe('through')
    stuck.resolve()
    await first
  })

  it('frees the place of one that fails', async () => {
    const turnstile = createTurnstile(1)
    await expect(turnstile.pass('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await turnstile.pass('a', async () => 'through')).toBe('through')
    expect(turnstile.size).toBe(0)
  })
})
