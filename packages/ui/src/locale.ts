/** The languages that pages speak, and which of them one person reads. A package of pages brings its own catalogue. */

export const locales = ['en', 'de', 'fr'] as const

export type Locale = (typeof locales)[number]

/** A catalogue in each language; one that lacks a phrase of the English one does not compile. */
export type Catalogues<Catalogue> = Readonly<Record<Locale, Catalogue>>

const isLocale = (text: string): text is Locale => locales.some(locale => locale === text)

/** `de-CH` → `de`; undefined for a language that we do not speak. */
const localeOfTag = (tag: string): Locale | undefined => {
  const [language = ''] = tag.toLowerCase().split('-')
  return isLocale(language) ? language : undefined
}

// Longer ones are no browser's.
const longest = 256

const wishesOf = (acceptLanguage: string): string[] =>
  acceptLanguage
    .slice(0, longest)
    .split(',')
    .map(entry => {
      const [tag = '', ...parameters] = entry.split(';').map(part => part.trim())
      const weight = parameters.find(parameter => parameter.startsWith('q='))
      return { tag, quality: weight === undefined ? 1 : Number(weight.slice(2)) }
    })
    .filter(({ quality }) => quality > 0)
    // Stable: among equals, the one that was named first.
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)

/**
 * The first language that we speak: of those that the application asked for (`ui_locales`, separated by spaces), then of
 * those that the browser asks for; else English. @see OpenID Connect Core 1.0 §3.1.2.1, RFC 9110 §12.5.4
 */
export const chooseLocale = (wishes: {
  readonly uiLocales?: string | undefined
  readonly acceptLanguage?: string | undefined
}): Locale => {
  const tags = [
    ...(wishes.uiLocales ?? '').slice(0, longest).split(' '),
    ...wishesOf(wishes.acceptLanguage ?? ''),
  ]
  return tags.map(localeOfTag).find(locale => locale !== undefined) ?? 'en'
}

/** Puts values where a phrase has `{name}`; a value is never read for placeholders itself. */
export const fill = (phrase: string, values: Readonly<Record<string, string>>): string =>
  phrase.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
