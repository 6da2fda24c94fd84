import { describe, expect, it } from '@jest/globals'
import { parseCidr } from '@latchkey/runtime/networks'
import { countedAddress, findFullQuota, mailboxOf, networkOf } from './mail-quota.ts'

describe('whom a mail counts for', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.0/24'],
    ['2001:db8:1:2:aaaa::1', '20010db8000100020000000000000000/64'],
    ['2001:0DB8:0001:0002::ffff', '20010db8000100020000000000000000/64'],
    ['', undefined],
    ['somewhere', undefined],
  ])('%j lies in %j', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })

  it('is nobody where the address is allow-listed, or none', () => {
    const allowlist = [parseCidr('10.0.0.0/8')]
    const nobody = { address: undefined, network: undefined }
    expect(countedAddress('10.1.2.3', allowlist)).toEqual(nobody)
    expect(countedAddress('', allowlist)).toEqual(nobody)
    expect(countedAddress('::ffff:192.0.2.1', allowlist)).toEqual({
      address: '192.0.2.1',
      network: '192.0.2.0/24',
    })
  })
})

describe('a mailbox', () => {
  it.each([
    ['Jo@Example.com', 'jo@example.com'],
    ['jo+shop@example.com', 'jo@example.com'],
    ['Jo+a+b@example.com', 'jo@example.com'],
    ['jo+@example.com', 'jo@example.com'],
    ['+jo@example.com', '+jo@example.com'],
    ['jo@example+shop.com', 'jo@example+shop.com'],
  ])('of %s is %s', (email, mailbox) => {
    expect(mailboxOf(email)).toBe(mailbox)
  })
})

describe('a quota', () => {
  const quotas = { recipient: 2, subject: 3, address: 4, network: 5 }
  it('is full at its number, the narrowest first', () => {
    expect(findFullQuota({ recipient: 1, subject: 2, address: 3, network: 4 }, quotas)).toBeUndefined()
    expect(findFullQuota({ recipient: 2, subject: 3, address: 4, network: 5 }, quotas)).toBe('recipient')
    expect(findFullQuota({ recipient: 0, subject: 0, address: 0, network: 5 }, quotas)).toBe('network')
  })
})
