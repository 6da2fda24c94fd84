/** A challenge in a form: its widget, what became of the last one, and what who has no JavaScript can do. */
import { alert, type Html, html } from '@latchkey/ui'
import type { FormChallenge } from './form-challenge.ts'
import type { Words } from './words.ts'

/** Above the form; nothing where nothing is wrong. */
export const challengeAlert = (words: Words, challenge: FormChallenge | undefined): Html | undefined => {
  if (challenge?.problem === undefined) return undefined
  const { heading, ...problems } = words.challenge
  return alert({ text: heading, items: [problems[challenge.problem]] })
}

/** Inside the form, before its buttons. */
export const challengeWidget = (words: Words, challenge: FormChallenge | undefined): Html | undefined =>
  challenge &&
  html`
<div class="challenge ${challenge.widget.className}" data-sitekey="${challenge.widget.siteKey}"></div>
<noscript>${alert({ text: words.challenge.heading, items: [words.challenge.noScript] })}</noscript>`
