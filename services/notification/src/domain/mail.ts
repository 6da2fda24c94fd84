/** A mail as it is handed to a mail server, and what came of that. */

export interface Mail {
  /** Stable for all attempts, so that a mail that did arrive twice can be told to be one. */
  readonly messageId: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
}

export type SendOutcome =
  | { readonly outcome: 'sent'; readonly reply: string }
  | { readonly outcome: 'rejected' | 'deferred' | 'unavailable'; readonly reply: string }
