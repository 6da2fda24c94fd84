import { describe, expect, it } from '@jest/globals'
import { parseEmailAddress } from './email-address.ts'
import { nameOfAddress, parseUserName } from './user-name.ts'

const nameOf = (text: string): string => {
  const checked = parseUserName(text)
  return checked.outcome === 'accepted' ? checked.value : checked.violations.map(({ code }) => code).join()
}

describe('user names', () => {
  it.each([
    ['Jo Doe', 'Jo Doe'],
    ['  Jo Doe ', 'Jo Doe'],
    ['O’Neil-Smith, Jr.', 'O’Neil-Smith, Jr.'],
    ['Zoe\u0308', 'Zoë'],
    ['山田 太郎', '山田 太郎'],
    ['👩‍💻', '👩‍💻'],
    ['x'.repeat(100), 'x'.repeat(100)],
    ['👩'.repeat(100), '👩'.repeat(100)],
    ['\u03b1\u0313\u0300\u0345'.repeat(100), '\u1f82'.repeat(100)],
  ])('accepts %j', (text, name) => {
    expect(nameOf(text)).toBe(name)
  })

  it.each([
    ['', 'name_required'],
    [' \t\n ', 'name_required'],
    ['\u200b\u2060', 'name_required'],
    ['\u3164 \u00ad', 'name_required'],
    ['\u2800', 'name_required'],
    ['x'.repeat(101), 'name_too_long'],
    ['x'.repeat(1_000_000), 'name_too_long'],
    ['Jo\nDoe', 'name_invalid'],
    ['Jo\u0000', 'name_invalid'],
    ['Jo\u0007Doe', 'name_invalid'],
    ['Jo\u2028Doe', 'name_invalid'],
    ['Jo \u202eeoD', 'name_invalid'],
    ['\ud83d', 'name_invalid'],
  ])('refuses %j: %s', (text, code) => {
    expect(nameOf(text)).toBe(code)
  })

  it('refuses 600 KB of combining marks without putting them in order', () => {
    const startedMs = performance.now()
    expect(nameOf(`Jo${'\u0315\u0300\u0316'.repeat(100_000)}`)).toBe('name_too_long')
    expect(performance.now() - startedMs).toBeLessThan(5_000)
  })
})

describe('the name of who has said none', () => {
  it.each([
    ['jo.doe+tag@example.com', 'jo.doe+tag'],
    ["o'neil!#$%&*/=?^_`{|}~-@example.com", "o'neil!#$%&*/=?^_`{|}~-"],
    [`${'l'.repeat(64)}@example.com`, 'l'.repeat(64)],
  ])('of %s is one that they could have chosen', (address, name) => {
    const checked = parseEmailAddress(address)
    if (checked.outcome === 'refused') throw new Error('not an address')
    expect(nameOf(nameOfAddress(checked.value))).toBe(name)
  })
})
