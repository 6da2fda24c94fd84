import { describe, expect, it } from '@jest/globals'
import { createClock } from '@latchkey/testkit'
import { createDpopNonces, dpopNonceKeyOf } from './nonces.ts'

const key = dpopNonceKeyOf(Buffer.alloc(32, 1))
const newKey = dpopNonceKeyOf(Buffer.alloc(32, 2))

describe('RFC 9449 §8: a nonce', () => {
  it('is good for two minutes at least and four at most', () => {
    const clock = createClock('2026-11-26T12:00:00Z')
    const nonces = createDpopNonces({ keys: [key], now: clock.now })
    const nonce = nonces.current()
    expect(nonce).toMatch(/^[\w-]{22}$/)
    clock.advance(239_000)
    expect(nonces.accepts(nonce)).toBe(true)
    clock.advance(2_000)
    expect(nonces.accepts(nonce)).toBe(false)
  })

  it('is the same in every replica, and good in one whose clock is behind', () => {
    const clock = createClock('2026-11-26T12:00:01Z')
    const behind = createClock('2026-11-26T11:59:59Z')
    const nonce = createDpopNonces({ keys: [key], now: clock.now }).current()
    expect(createDpopNonces({ keys: [key], now: clock.now }).current()).toBe(nonce)
    expect(createDpopNonces({ keys: [key], now: behind.now }).accepts(nonce)).toBe(true)
  })

  it('is good across a change of the key encryption key', () => {
    const { now } = createClock()
    const nonce = createDpopNonces({ keys: [key], now }).current()
    const changed = createDpopNonces({ keys: [newKey, key], now })
    expect(changed.accepts(nonce)).toBe(true)
    expect(changed.current()).not.toBe(nonce)
    expect(createDpopNonces({ keys: [newKey], now }).accepts(nonce)).toBe(false)
  })

  it.each(['', 'x', 'A'.repeat(22), 'A'.repeat(5_000), '\u{1F511}'.repeat(11)])('is not %j', text => {
    expect(createDpopNonces({ keys: [key], now: createClock().now }).accepts(text)).toBe(false)
  })
})
