/** What a mail says, before it is dressed as HTML or plain text: words only, no markup. */
import type { Locale } from './locales.ts'

export interface Letter {
  readonly locale: Locale
  readonly subject: string
  readonly heading: string
  readonly paragraphs: readonly string[]
  /** The one thing to do, where there is one. */
  readonly action?: { readonly label: string; readonly url: string; readonly fallback: string }
  /** What may be typed instead. */
  readonly code?: { readonly label: string; readonly text: string }
  readonly notes: readonly string[]
  readonly footer: string
}
