import { describe, expect, it } from '@jest/globals'
import { parseCidr } from '@latchkey/runtime/networks'
import { clientAddress, subnetOf } from './client-address.ts'

const proxies = ['10.0.0.0/8', '2001:db8:ffff::/48'].map(parseCidr)

describe('client address: forwarded headers count from trusted proxies only (CVE-2024-47070)', () => {
  it('is the peer when the peer is no trusted proxy, whatever the header says', () => {
    expect(clientAddress('203.0.113.9', '198.51.100.1', proxies)).toBe('203.0.113.9')
  })

  it('is the entry that the trusted proxy wrote, not the one that the client wrote before it', () => {
    expect(clientAddress('10.1.1.1', '1.2.3.4, 203.0.113.9', proxies)).toBe('203.0.113.9')
  })

  it('walks through a chain of trusted proxies', () => {
    expect(clientAddress('10.1.1.1', '1.2.3.4, 203.0.113.9, 10.2.2.2', proxies)).toBe('203.0.113.9')
  })

  it('stays with the last trusted hop when an entry is no address', () => {
    expect(clientAddress('10.1.1.1', '203.0.113.9, <script>', proxies)).toBe('10.1.1.1')
    expect(clientAddress('10.1.1.1', undefined, proxies)).toBe('10.1.1.1')
    expect(clientAddress('10.1.1.1', '', proxies)).toBe('10.1.1.1')
  })

  it('reads ports, brackets and mapped addresses', () => {
    expect(clientAddress('::ffff:10.1.1.1', '203.0.113.9:4711', proxies)).toBe('203.0.113.9')
    expect(clientAddress('2001:db8:ffff::1', '[2001:db8::7]:443', proxies)).toBe('2001:db8::7')
  })
})

describe('the subnet of an address', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:1:2:3::4', '2001:db8:1::/48'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['unknown', 'unknown'],
  ])('%s: %s', (address, subnet) => {
    expect(subnetOf(address)).toBe(subnet)
  })
})
