import { describe, expect, it } from '@jest/globals'
import { isRecipient } from './recipient.ts'

describe('a recipient is one address and nothing else', () => {
  it.each([
    'ada@example.com',
    'ada.lovelace+reset@mail.example.co.uk',
    "o'brien@example.com",
    'ada@localhost',
    'jürgen@bücher.example',
  ])('takes %s', address => {
    expect(isRecipient(address)).toBe(true)
  })

  it.each([
    ['a header behind it', 'ada@example.com\r\nBcc: eve@example.com'],
    ['a bare line feed', 'ada@example.com\nSubject: x'],
    ['a second address', 'ada@example.com,eve@example.com'],
    ['a second address, in Outlook style', 'ada@example.com;eve@example.com'],
    ['a display name', 'Ada <ada@example.com>'],
    ['a comment', 'ada(eve@example.com)@example.com'],
    ['a quoted local part', '"eve@example.com"@example.com'],
    ['an SMTP parameter', 'ada@example.com> SIZE=1'],
    ['a NUL', 'ada\0@example.com'],
    ['no local part', '@example.com'],
    ['no domain', 'ada@'],
    ['an empty label', 'ada@example..com'],
    ['a dot at the edge', '.ada@example.com'],
    ['an address literal', 'ada@[127.0.0.1]'],
    ['no @ at all', 'ada'],
    ['nothing', ''],
    ['a local part of 65 octets', `${'a'.repeat(65)}@example.com`],
    [
      'more than 254 octets',
      `ada@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(70)}.com`,
    ],
  ])('refuses %s', (_, address) => {
    expect(isRecipient(address)).toBe(false)
  })
})
