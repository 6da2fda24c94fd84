/** What identity's pages say, in each language; what a rule has against a value among it. */
import { type Catalogues, fill, type Locale } from '@latchkey/ui'
import type { Violation } from '../../domain/violation.ts'
import de from './locales/de.json' with { type: 'json' }
import en from './locales/en.json' with { type: 'json' }
import fr from './locales/fr.json' with { type: 'json' }

export type Words = typeof en

const catalogues: Catalogues<Words> = { en, de, fr }

export const wordsOf = (locale: Locale): Words => catalogues[locale]

/** One sentence for each violation; a rule that has no words here speaks for itself, in English. */
export const sentencesOf = (words: Words, violations: readonly Violation[]): string[] => {
  const phrases: Readonly<Record<string, string>> = words.violations
  return violations.map(({ code, message, limit }) =>
    fill(phrases[code] ?? `It ${message}.`, limit === undefined ? {} : { limit: String(limit) }),
  )
}
