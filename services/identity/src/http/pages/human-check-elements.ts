/** A human check in a form: its widget, what became of the last one, and what who has no JavaScript can do. */
import { alert, type Html, html } from '@latchkey/ui'
import type { FormHumanCheck } from './form-human-check.ts'
import type { Words } from './words.ts'

/** Above the form; nothing where nothing is wrong. */
export const humanCheckAlert = (words: Words, humanCheck: FormHumanCheck | undefined): Html | undefined => {
  if (humanCheck?.problem === undefined) return undefined
  const { heading, ...problems } = words.humanCheck
  return alert({ text: heading, items: [problems[humanCheck.problem]] })
}

/** Inside the form, before its buttons. */
export const humanCheckWidget = (words: Words, humanCheck: FormHumanCheck | undefined): Html | undefined =>
  humanCheck &&
  html`
<div class="challenge ${humanCheck.widget.className}" data-sitekey="${humanCheck.widget.siteKey}"></div>
<noscript>${alert({ text: words.humanCheck.heading, items: [words.humanCheck.noScript] })}</noscript>`
