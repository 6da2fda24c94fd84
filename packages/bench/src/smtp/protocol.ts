/** What the bench asks its mail server. */

export type SinkQuestion = 'reset' | 'count'

export interface SinkAnswer {
  readonly mails: number
  /** From the first mail to the last. */
  readonly seconds: number
}
