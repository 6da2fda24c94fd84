import { describe, expect, it } from '@jest/globals'
import { type EmailAddress, emailKeyOf, parseEmailAddress } from './email-address.ts'

const addressOf = (text: string): string => {
  const checked = parseEmailAddress(text)
  return checked.outcome === 'accepted' ? checked.value : checked.violations.map(({ code }) => code).join()
}

describe('email addresses', () => {
  it.each([
    ['user@example.com', 'user@example.com'],
    ['  user@example.com\n', 'user@example.com'],
    ['Jo.Doe+tag@Example.COM', 'Jo.Doe+tag@example.com'],
    ["o'neil!#$%&*/=?^_`{|}~-@sub.example.co.uk", "o'neil!#$%&*/=?^_`{|}~-@sub.example.co.uk"],
    ['user@bücher.example', 'user@xn--bcher-kva.example'],
    ['user@bu\u0308cher.example', 'user@xn--bcher-kva.example'],
    ['user@例え.テスト', 'user@xn--r8jz45g.xn--zckzah'],
    [`${'l'.repeat(64)}@example.com`, `${'l'.repeat(64)}@example.com`],
  ])('accepts %j', (text, address) => {
    expect(addressOf(text)).toBe(address)
  })

  it.each([
    '',
    'invalid',
    'invalid-email',
    '@example.com',
    'user@',
    'user@localhost',
    'user@@example.com',
    'a@b@example.com',
    'user name@example.com',
    'user@exa mple.com',
    '.user@example.com',
    'user.@example.com',
    'us..er@example.com',
    'user@.example.com',
    'user@example..com',
    'user@example.com.',
    'user@-example.com',
    'user@example-.com',
    'user@example.c',
    'user@127.0.0.1',
    'user@[127.0.0.1]',
    'user@0x7f.1',
    'user@ex%61mple.com',
    'user@example.com/path',
    'user@example.com:25',
    'user@example.com\u0000',
    'user@example.com\r\nBcc: other@example.com',
    'user\n@example.com',
    '"quoted user"@example.com',
    'User <user@example.com>',
    'user(comment)@example.com',
    'üser@example.com',
    'user@exam_ple.com',
    `user@${'d'.repeat(64)}.com`,
    '\ud800@example.com',
  ])('refuses %j', text => {
    expect(addressOf(text)).toBe('email_invalid')
  })

  it('RFC 5321 §4.5.3.1: refuses a local part over 64 and an address over 254 characters', () => {
    expect(addressOf(`${'l'.repeat(65)}@example.com`)).toBe('email_too_long')
    const domain = `${'d'.repeat(60)}.${'d'.repeat(60)}.${'d'.repeat(60)}.example.com`
    expect(addressOf(`${'l'.repeat(254 - 1 - domain.length)}@${domain}`)).toContain('@')
    expect(addressOf(`${'l'.repeat(254 - domain.length)}@${domain}`)).toBe('email_too_long')
    expect(addressOf(`${'l'.repeat(1_000_000)}@example.com`)).toBe('email_too_long')
  })

  it('refuses 600 KB of combining marks without putting them in order', () => {
    const startedMs = performance.now()
    expect(addressOf(`jo${'\u0315\u0300\u0316'.repeat(100_000)}@example.com`)).toBe('email_too_long')
    expect(performance.now() - startedMs).toBeLessThan(5_000)
  })

  it('takes addresses that differ in case alone for the same account', () => {
    expect(emailKeyOf('Jo@example.com' as EmailAddress)).toBe(emailKeyOf('jO@example.com' as EmailAddress))
  })
})
