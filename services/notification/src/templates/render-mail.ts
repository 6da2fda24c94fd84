/** From a template, a language and the facts of a message to a subject, a text and an HTML body. */
import type { Brand } from '@latchkey/ui/brand'
import { matchLocale } from '../domain/locale.ts'
import { renderHtml } from './html.ts'
import type { Letter } from './letter.ts'
import { catalogues, fill, type Locale, locales } from './locales.ts'
import { type TemplateName, templateOf } from './templates.ts'
import { renderText } from './text.ts'
import { formatDuration, formatInstant } from './times.ts'

export interface MailFacts {
  readonly template: TemplateName
  /** What the recipient prefers, as BCP 47; anything we don't speak becomes the default. */
  readonly locale: string
  /** The address that the account is known by. */
  readonly recipient: string
  /** What was sealed for the worker, opened. */
  readonly secrets: Readonly<Record<string, string>>
  readonly createdAt: Date
  readonly expiresAt: Date
}

export interface RenderedMail {
  readonly locale: Locale
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface MailRendererInit {
  readonly brand: Brand
  /** Every link begins with this, whatever host a request named. */
  readonly publicUrl: string
  readonly defaultLocale: Locale
}

export const createMailRenderer =
  ({ brand, publicUrl, defaultLocale }: MailRendererInit) =>
  (facts: MailFacts): RenderedMail => {
    const locale = matchLocale(facts.locale, locales, defaultLocale)
    const { layout, ...phrases } = catalogues[locale]
    const words = phrases[facts.template]
    const template = templateOf(facts.template)
    const path = template.link?.(facts.secrets)
    const code = template.code?.(facts.secrets)
    const values = {
      ...template.values?.(facts.secrets),
      brand: brand.name,
      account: facts.recipient,
      created: formatInstant(facts.createdAt, locale),
      expires: formatInstant(facts.expiresAt, locale),
      duration: formatDuration(facts.expiresAt.getTime() - facts.createdAt.getTime(), locale),
    }
    const say = (phrase: string): string => fill(phrase, values)
    const letter: Letter = {
      locale,
      subject: say(words.subject),
      heading: say(words.heading),
      paragraphs: words.paragraphs.map(say),
      ...(path === undefined
        ? {}
        : { action: { label: say(words.action), url: `${publicUrl}${path}`, fallback: layout.fallback } }),
      ...(code === undefined
        ? {}
        : { code: { label: path === undefined ? layout.codeAlone : layout.code, text: code } }),
      notes: words.notes.map(say),
      footer: say(layout.footer),
    }
    return { locale, subject: letter.subject, text: renderText(letter), html: renderHtml(letter, brand) }
  }
