/** Forms: what they post, where to, and the proof that they are ours. */
import { type Html, type HtmlValue, html } from '../html.ts'

export interface FormInit {
  /** A path that `link()` made. */
  readonly action: string
  /** Hidden fields, with `csrf` among them; undefined ones are left out. */
  readonly hidden: Readonly<Record<string, string | undefined>>
  readonly content: HtmlValue
  /** Of a form that only a script of the page can use, and so shows: what it reads in `dataset`. */
  readonly scripted?: Readonly<Record<string, string>>
}

const hiddenField = ([name, value]: [string, string | undefined]): Html | undefined =>
  value === undefined ? undefined : html`<input type="hidden" name="${name}" value="${value}">\n`

const dataOf = (scripted: Readonly<Record<string, string>>): Html[] =>
  Object.entries(scripted).map(([name, value]) => html` data-${name}="${value}"`)

export const form = ({ action, hidden, content, scripted }: FormInit): Html => html`
<form method="post" action="${action}"${scripted && html` hidden${dataOf(scripted)}`}>
${Object.entries(hidden).map(hiddenField)}${content}
</form>`

export interface ButtonInit {
  readonly label: string
  /** Sent with the form where this one is pressed: `{ name: 'decision', value: 'allow' }`. */
  readonly sends?: { readonly name: string; readonly value: string }
  /** The less expected of two. */
  readonly other?: boolean
}

const button = ({ label, sends, other }: ButtonInit): Html =>
  html`<button type="submit"${sends && html` name="${sends.name}" value="${sends.value}"`}${other === true && html` class="other"`}>${label}</button>`

/** The buttons of a form; the first one is what the Enter key presses. */
export const buttons = (...inits: readonly ButtonInit[]): Html =>
  html`<div class="buttons">${inits.map(button)}</div>`
