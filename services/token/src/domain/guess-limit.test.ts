import { describe, expect, it } from '@jest/globals'
import { subscriberOf } from './guess-limit.ts'

describe('who guesses', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('is known by an IPv4 address or an IPv6 /64: %s', (address, subscriber) => {
    expect(subscriberOf(address)).toBe(subscriber)
  })
})
