import { describe, expect, it } from '@jest/globals'
import { isInNetworks, isPublicAddress, networkOf, parseAddress, parseCidr, subscriberOf } from './index.ts'

describe('networks', () => {
  const networks = ['10.0.0.0/8', '2001:db8:ffff::/48'].map(parseCidr)

  it('match addresses of the same family only', () => {
    expect(isInNetworks('10.9.9.9', networks)).toBe(true)
    expect(isInNetworks('::ffff:10.9.9.9', networks)).toBe(true)
    expect(isInNetworks('2001:db8:ffff::1', networks)).toBe(true)
    expect(isInNetworks('2001:db8::1', networks)).toBe(false)
    expect(isInNetworks('not an address', networks)).toBe(false)
  })

  it('are the IPv4 networks that they are written for', () => {
    for (const text of ['::ffff:10.0.0.0/104', '::ffff:10.9.9.9'])
      expect(isInNetworks('10.9.9.9', [parseCidr(text)])).toBe(true)
    expect(isInNetworks('11.9.9.9', [parseCidr('::ffff:10.0.0.0/104')])).toBe(false)
    expect(isInNetworks('10.9.9.9', [parseCidr('::/0')])).toBe(false)
  })

  it('are refused where they are none', () => {
    expect(() => parseCidr('10.0.0.0/99')).toThrow()
    expect(() => parseCidr('everything')).toThrow()
  })
})

describe('the network of an address', () => {
  it.each([
    ['203.0.113.77', 24, '203.0.113.0/24'],
    ['203.0.113.77', 20, '203.0.112.0/20'],
    ['203.0.113.77', 32, '203.0.113.77/32'],
    ['203.0.113.77', 0, '0.0.0.0/0'],
    ['::ffff:203.0.113.77', 24, '203.0.113.0/24'],
    ['2001:db8:1:2:3::4', 48, '2001:db8:1::/48'],
    ['2001:db8:1:ffff::4', 52, '2001:db8:1:f000::/52'],
    ['fe80::1%eth0', 64, 'fe80::/64'],
    ['nobody', 24, 'nobody'],
  ])('%s, %i bits: %s', (address, prefix, network) => {
    expect(networkOf(address, { ipv4: prefix, ipv6: prefix })).toBe(network)
  })
})

describe('a subscriber', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0db8::1', '2001:db8::/64'],
    ['nobody', 'nobody'],
  ])('has an IPv4 address or an IPv6 /64: %s', (address, subscriber) => {
    expect(subscriberOf(address)).toBe(subscriber)
  })
})

describe('an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7%eth0', '192.0.2.7'],
    ['fe80::1%eth0', 'fe80::1'],
    [`2001:DB8::1%${'a'.repeat(10_000)}`, '2001:db8::1'],
    ['::', '::'],
  ])('has one spelling: %.40s', (text, spelling) => {
    expect(parseAddress(text)?.toString()).toBe(spelling)
  })

  it.each([
    '',
    '1',
    '10.1',
    '010.0.0.1',
    '0x7f.1',
    '2130706433',
    '192.0.2.7:80',
    '[::1]',
    '::1/64',
    '::1%',
    ' ::1',
  ])('is none that only some would read: %s', text => {
    expect(parseAddress(text)).toBeUndefined()
  })
})

describe('RFC 6890: an address of the public internet', () => {
  it.each(['1.1.1.1', '8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '172.15.0.1'])(
    'is %s',
    address => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )

  it.each([
    // Of this machine and of its network.
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0.1.2.3',
    '::',
    '::1',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.1.1',
    'fe80::1',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    // What clouds answer their machines on.
    '169.254.169.254',
    'fd00:ec2::254',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    '::ffff:168.63.129.16',
    // Nobody's, or everybody's.
    '224.0.0.1',
    '239.255.255.250',
    '255.255.255.255',
    '240.0.0.1',
    'ff02::1',
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '198.18.0.1',
    '2001:db8::1',
    '100::1',
    // The same in other clothes.
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::10.0.0.1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    '2001:0:7f00:1::',
    // None at all.
    '',
    'localhost',
    '1.2.3.4.5',
    '[::1]',
  ])('is not %s', address => {
    expect(isPublicAddress(address)).toBe(false)
  })
})
