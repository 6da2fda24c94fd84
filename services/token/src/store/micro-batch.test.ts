import { describe, expect, it } from '@jest/globals'
import { createMicroBatch } from './micro-batch.ts'

const aBatcher = (maxSize = 10, maxConcurrent = 1, isKeyed = true) => {
  const batches: string[][] = []
  const call = createMicroBatch<string, string>({
    run: async inputs => {
      batches.push([...inputs])
      await new Promise(setImmediate)
      if (inputs.includes('poison')) throw new Error('poison')
      return inputs.map(input => input.toUpperCase())
    },
    ...(isKeyed ? { keyOf: (input: string) => input } : {}),
    maxSize,
    maxConcurrent,
  })
  return { batches, call }
}

describe('calls that arrive together', () => {
  it('leave in one batch, and each gets its own answer', async () => {
    const { batches, call } = aBatcher()
    expect(await Promise.all(['a', 'b', 'c'].map(call))).toEqual(['A', 'B', 'C'])
    expect(batches).toEqual([['a', 'b', 'c']])
  })

  it('are in batches of their own where their key is the same, in the order of arrival', async () => {
    const { batches, call } = aBatcher()
    await Promise.all(['a', 'a', 'b', 'a'].map(call))
    expect(batches).toEqual([['a', 'b'], ['a'], ['a']])
  })

  it('are together where nobody says that they are of one key', async () => {
    const { batches, call } = aBatcher(10, 1, false)
    expect(await Promise.all(['a', 'a', 'b'].map(call))).toEqual(['A', 'A', 'B'])
    expect(batches).toEqual([['a', 'a', 'b']])
  })

  it('go on in batches no larger than allowed', async () => {
    const { batches, call } = aBatcher(2)
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(call))
    expect(batches.map(batch => batch.length)).toEqual([2, 2, 1])
  })

  it('fail together, without those of the next batch', async () => {
    const { call } = aBatcher(2)
    const outcomes = await Promise.allSettled(['poison', 'b', 'c'].map(call))
    expect(outcomes.map(outcome => outcome.status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  })
})
