/** Instants as people read them, in the language of the page. In UTC: which time zone they are in, nobody has said. */
import type { Locale } from '@latchkey/ui'

export const dayOf = (locale: Locale, at: Date): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(at)

export const timeOf = (locale: Locale, at: Date): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at)
