import { describe, expect, it } from '@jest/globals'
import { inBatches } from './in-batches.ts'

describe('work in batches', () => {
  it('goes on until a batch is not full any more, and gives the sum', async () => {
    let left = 25
    const sum = await inBatches({ batchSize: 10 }, async batchSize => {
      const taken = Math.min(left, batchSize)
      left -= taken
      return taken
    })
    expect({ sum, left }).toEqual({ sum: 25, left: 0 })
  })

  it('ends between two batches when told to', async () => {
    const stopping = new AbortController()
    const sum = await inBatches({ batchSize: 10, signal: stopping.signal }, async () => {
      stopping.abort()
      return 10
    })
    expect(sum).toBe(10)
  })
})
