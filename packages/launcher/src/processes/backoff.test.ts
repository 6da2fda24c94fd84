import { describe, expect, it } from '@jest/globals'
import { createBackoff } from './backoff.ts'

describe('the wait before a restart', () => {
  it('doubles from 200 ms to at most 5 s', () => {
    const backoff = createBackoff(() => 0)
    expect(Array.from({ length: 7 }, backoff.nextDelayMs)).toEqual([200, 400, 800, 1600, 3200, 5000, 5000])
  })

  it('begins anew once the process has lived for 30 s', () => {
    let now = 0
    const backoff = createBackoff(() => now)
    backoff.nextDelayMs()
    backoff.nextDelayMs()
    backoff.started()
    now += 30_000
    expect(backoff.nextDelayMs()).toBe(200)
  })
})
