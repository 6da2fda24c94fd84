/** Instants and durations as people of a language write them. We don't know the reader's time zone: UTC, and said so. */
import type { Locale } from './locales.ts'

/** `November 22, 2026 at 9:35 PM UTC`, `22. November 2026 um 21:35 UTC` … */
export const formatInstant = (at: Date, locale: Locale): string =>
  `${new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`

/** A length of time in whole hours where it is some, else in minutes: `1 hour`, `90 minutes`. */
export const formatDuration = (ms: number, locale: Locale): string => {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute']
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
}
