import { describe, expect, it } from '@jest/globals'
import { readableOn } from '@latchkey/ui/brand'
import { type Catalogue, catalogues, fill, type Locale, locales, placeholdersOf } from './locales.ts'
import { createMailRenderer, type MailFacts } from './render-mail.ts'
import { isTemplateName, templates } from './templates.ts'
import { formatDuration } from './times.ts'

const names = Object.keys(templates).filter(isTemplateName)
const everyMail = locales.flatMap(locale => names.map(template => ({ locale, template })))

const render = createMailRenderer({
  brand: { name: 'Latchkey', color: '#1d4ed8' },
  publicUrl: 'https://auth.example.com',
  defaultLocale: 'en',
})
const facts = (overrides: Partial<MailFacts> = {}): MailFacts => ({
  template: 'password_reset',
  locale: 'en',
  recipient: 'ada@example.com',
  secrets: { organization: 'Acme Ltd', token: 'raw-token' },
  createdAt: new Date('2026-11-22T09:00:00Z'),
  expiresAt: new Date('2026-11-22T09:59:59.200Z'),
  ...overrides,
})

/** Every phrase of a catalogue by its path: `password_reset.notes.0`. */
const phrasesOf = (node: unknown, path: string[] = []): Map<string, string> =>
  typeof node === 'string'
    ? new Map([[path.join('.'), node]])
    : new Map(Object.entries(node ?? {}).flatMap(([key, value]) => [...phrasesOf(value, [...path, key])]))

describe('the languages of our mails', () => {
  const english = phrasesOf(catalogues.en satisfies Catalogue)

  it.each(locales)('%s has the keys of English, no more and no fewer', locale => {
    expect([...phrasesOf(catalogues[locale]).keys()].sort()).toEqual([...english.keys()].sort())
  })

  it.each(locales)('%s leaves no phrase empty that English has', locale => {
    for (const [key, phrase] of phrasesOf(catalogues[locale])) {
      expect({ key, empty: phrase.trim() === '' }).toEqual({ key, empty: english.get(key) === '' })
    }
  })

  it.each(locales)('%s speaks of the same facts as English, phrase by phrase', locale => {
    for (const [key, phrase] of phrasesOf(catalogues[locale])) {
      expect({ key, placeholders: placeholdersOf(phrase).sort() }).toEqual({
        key,
        placeholders: placeholdersOf(english.get(key) ?? '').sort(),
      })
    }
  })

  it('has words for every template', () => {
    for (const name of names) expect(catalogues.en[name].subject).not.toBe('')
  })

  it.each(everyMail)('$locale $template fills in every placeholder', ({ locale, template }) => {
    const { subject, text, html } = render(facts({ locale, template }))
    expect(`${subject}${text}${html.replace(/<style>.*<\/style>/, '')}`).not.toMatch(/[{}]|undefined/)
  })

  it('follows what the recipient prefers, and falls back to the default', () => {
    expect(render(facts({ locale: 'de-AT' })).subject).toBe('Passwort für Latchkey zurücksetzen')
    expect(render(facts({ locale: 'pt-BR' })).subject).toBe('Reset your Latchkey password')
  })
})

describe('the mail for a password reset', () => {
  const link = 'https://auth.example.com/reset-password?token=raw-token'

  it('says "expires in 1 hour", and when that is', () => {
    expect(render(facts()).text).toMatch(/expires in 1 hour, on November 22, 2026 at 9:59\sAM UTC/)
  })

  it('holds the link once as text, alone on its line', () => {
    expect(
      render(facts())
        .text.split('\n')
        .filter(line => line.includes('://')),
    ).toEqual([link])
  })

  it('links to PUBLIC_URL and to nothing else', () => {
    const hrefs = [...render(facts()).html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)
    expect(new Set(hrefs)).toEqual(new Set([link]))
  })

  it('keeps a PUBLIC_URL below a path', () => {
    const renderBelow = createMailRenderer({
      brand: { name: 'Latchkey', color: '#1d4ed8' },
      publicUrl: 'https://example.com/auth',
      defaultLocale: 'en',
    })
    expect(renderBelow(facts()).text).toContain('https://example.com/auth/reset-password?token=raw-token')
  })

  it('encodes the token', () => {
    expect(render(facts({ secrets: { token: 'a&b=c#d' } })).text).toContain('?token=a%26b%3Dc%23d\n')
  })
})

describe('every mail', () => {
  it.each(everyMail)('$locale $template asks for nothing from elsewhere', ({ locale, template }) => {
    expect(render(facts({ locale, template })).html).not.toMatch(
      /<(img|link|script|iframe|object|form)\b|src=|@import|url\(/i,
    )
  })

  it.each(everyMail)(
    '$locale $template names its language and its subject for screen readers',
    ({ locale, template }) => {
      const { html, subject } = render(facts({ locale, template }))
      expect(html).toContain(`<html lang="${locale}">`)
      expect(html).toContain(`<title>${subject.replaceAll("'", '&#39;')}</title>`)
    },
  )

  it('escapes every value', () => {
    const hostile = createMailRenderer({
      brand: { name: `<b>"Evil" & 'Co'</b>`, color: '#1d4ed8' },
      publicUrl: 'https://auth.example.com/"><script>',
      defaultLocale: 'en',
    })
    for (const template of names) {
      const { html } = hostile(facts({ template, recipient: '<script>@example.com' }))
      expect(html).not.toMatch(/<script|<b>/)
      expect(html).toContain('&lt;b&gt;&quot;Evil&quot; &amp; &#39;Co&#39;&lt;/b&gt;')
    }
  })

  it('shows the values that its template knows, and nothing that a user typed about themselves', () => {
    const shown = new Set(
      locales.flatMap((locale: Locale) =>
        [...phrasesOf(catalogues[locale]).values()].flatMap(placeholdersOf),
      ),
    )
    // An organization's name is an operator's word.
    expect([...shown].sort()).toEqual(['account', 'brand', 'created', 'duration', 'expires', 'organization'])
  })
})

describe('filling in', () => {
  it('takes a value for what it is, braces and dollar signs included', () => {
    expect(fill('to {account} from {brand}', { account: '{brand}', brand: "$&$'" })).toBe(
      "to {brand} from $&$'",
    )
  })

  it.each<[number, Locale, string]>([
    [3_600_000, 'en', '1 hour'],
    [3_599_000, 'de', '1 Stunde'],
    [7_200_000, 'fr', '2 heures'],
    [5_400_000, 'en', '90 minutes'],
    [1000, 'en', '1 minute'],
  ])('%i ms is, in %s, %s', (ms, locale, words) => {
    expect(formatDuration(ms, locale)).toBe(words)
  })
})

describe('WCAG 2.2 §1.4.3: the words on the button', () => {
  it.each([
    ['#1d4ed8', '#ffffff'],
    ['#000000', '#ffffff'],
    ['#ffffff', '#000000'],
    ['#fde047', '#000000'],
    ['#FF8800', '#000000'],
  ])('on %s are %s', (color, words) => {
    expect(readableOn(color)).toBe(words)
  })
})
