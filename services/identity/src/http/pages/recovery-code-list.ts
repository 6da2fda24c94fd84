/** Recovery codes as they are shown once. */
import { type Html, html } from '@latchkey/ui'

/** To be kept: a list that can be printed with the page. */
export const recoveryCodeList = (codes: readonly string[]): Html =>
  html`<ul class="items code">${codes.map(code => html`<li>${code}</li>`)}</ul>`
