/** What our mails say, in each language that we speak: one data file a language, all with the same keys. */
import de from './locales/de.json' with { type: 'json' }
import en from './locales/en.json' with { type: 'json' }
import fr from './locales/fr.json' with { type: 'json' }

/** English gives the shape; a language that lacks one of its keys does not compile. */
export type Catalogue = typeof en

export const catalogues = { en, de, fr } satisfies Record<string, Catalogue>

export type Locale = keyof typeof catalogues

export const locales = Object.keys(catalogues) as readonly Locale[]

const placeholder = /\{(\w+)\}/g

/** Puts values where a phrase has `{name}`; a value is never read for placeholders itself. */
export const fill = (phrase: string, values: Readonly<Record<string, string>>): string =>
  phrase.replace(placeholder, (whole, name: string) => values[name] ?? whole)

/** The placeholders of a phrase, in its order. */
export const placeholdersOf = (phrase: string): string[] =>
  [...phrase.matchAll(placeholder)].map(([, name = '']) => name)
