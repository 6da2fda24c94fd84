import { describe, expect, it } from '@jest/globals'
import { createClock } from '@latchkey/testkit'
import { shareAnswer } from './shared-answer.ts'

const start = new Date('2026-01-01T00:00:00Z')

const aQuestion = () => {
  const clock = createClock(start)
  const pending: PromiseWithResolvers<number>[] = []
  const ask = shareAnswer(() => {
    const answer = Promise.withResolvers<number>()
    pending.push(answer)
    return answer.promise
  }, clock.now)
  return { ask, clock, pending }
}

describe('an answer that is shared', () => {
  it('is asked for once by any number who ask at once, however long it takes', async () => {
    const { ask, clock, pending } = aQuestion()
    const early = Array.from({ length: 50 }, ask)
    clock.advance(5_000)
    const late = ask()
    pending[0]?.resolve(1)
    expect(await Promise.all([...early, late])).toEqual(Array(51).fill(1))
    expect(pending).toHaveLength(1)
  })

  it('is kept for a second from when it came', async () => {
    const { ask, clock, pending } = aQuestion()
    const first = ask()
    clock.advance(5_000)
    pending[0]?.resolve(1)
    await first
    clock.advance(999)
    expect(await ask()).toBe(1)
    clock.advance(1)
    const second = ask()
    pending[1]?.resolve(2)
    expect(await second).toBe(2)
  })

  it('is not kept where it failed', async () => {
    const { ask, pending } = aQuestion()
    const first = ask()
    pending[0]?.reject(new Error('away'))
    await expect(first).rejects.toThrow('away')
    const second = ask()
    pending[1]?.resolve(2)
    expect(await second).toBe(2)
  })
})
