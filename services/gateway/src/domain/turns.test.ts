import { describe, expect, it } from '@jest/globals'
import { createTurns } from './turns.ts'

const at = (ms: number) => new Date(ms)

describe('replicas of a service', () => {
  it('take turns', () => {
    const turns = createTurns(['a', 'b'], () => at(0))
    expect([turns.next(), turns.next(), turns.next()]).toEqual(['a', 'b', 'a'])
  })

  it('pass over one that has just failed, for a second', () => {
    let nowMs = 0
    const turns = createTurns(['a', 'b', 'c'], () => at(nowMs))
    turns.skip('b')
    expect([turns.next(), turns.next(), turns.next(), turns.next()]).toEqual(['a', 'c', 'a', 'c'])
    nowMs = 1_000
    expect(new Set([turns.next(), turns.next(), turns.next()])).toContain('b')
  })

  it('are tried all the same when all have failed', () => {
    const turns = createTurns(['a'], () => at(0))
    turns.skip('a')
    expect(turns.next()).toBe('a')
  })
})
