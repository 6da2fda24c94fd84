/** Instants and durations as people of a language write them. We don't know the reader's time zone: UTC, and said so. */
import type { Locale } from './locales.ts'

/** Making a formatter costs as much as writing the rest of a mail: one for each key is kept. */
const kept = <Key extends string, Formatter>(make: (key: Key) => Formatter): ((key: Key) => Formatter) => {
  const formatters = new Map<Key, Formatter>()
  return key => {
    const formatter = formatters.get(key) ?? make(key)
    formatters.set(key, formatter)
    return formatter
  }
}

const instants = kept(
  (locale: Locale) =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }),
)

const durations = {
  hour: kept((locale: Locale) => durationFormat(locale, 'hour')),
  minute: kept((locale: Locale) => durationFormat(locale, 'minute')),
}

const durationFormat = (locale: Locale, unit: 'hour' | 'minute') =>
  new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' })

/** `November 22, 2026 at 9:35 PM UTC`, `22. November 2026 um 21:35 UTC` … */
export const formatInstant = (at: Date, locale: Locale): string => `${instants(locale).format(at)} UTC`

/** A length of time in whole hours where it is some, else in minutes: `1 hour`, `90 minutes`. */
export const formatDuration = (ms: number, locale: Locale): string => {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  return minutes % 60 === 0
    ? durations.hour(locale).format(minutes / 60)
    : durations.minute(locale).format(minutes)
}
