import { describe, expect, it } from '@jest/globals'
import { canonicalAddress, cleanUserAgent, fingerprintOf } from './client.ts'

describe('the client of a session', () => {
  it('keeps a user agent that a column, a log line and a page can hold', () => {
    expect(cleanUserAgent(' curl/8.5.0 ')).toBe('curl/8.5.0')
    expect(cleanUserAgent('a\u0000b\r\nc')).toBe('a b c')
    expect(cleanUserAgent('x'.repeat(10_000))).toHaveLength(512)
    expect(cleanUserAgent(`${'x'.repeat(511)}😀`).isWellFormed()).toBe(true)
  })

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1'],
    ['', undefined],
    ['unknown', undefined],
    ['203.0.113.7, 10.0.0.1', undefined],
    ["1'; DROP TABLE sessions", undefined],
  ])('reads the address %j as %j', (text, address) => {
    expect(canonicalAddress(text)).toBe(address)
  })

  it('has a fingerprint of agent and address together', () => {
    const client = { userAgent: 'curl/8.5.0', ipAddress: '203.0.113.7' }
    expect(fingerprintOf(client)).toBe(fingerprintOf({ ...client }))
    expect(fingerprintOf(client)).not.toBe(fingerprintOf({ ...client, ipAddress: '203.0.113.8' }))
    expect(fingerprintOf(client)).not.toBe(fingerprintOf({ ...client, userAgent: 'curl/8.6.0' }))
  })
})
