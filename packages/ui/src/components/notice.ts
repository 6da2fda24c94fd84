/** What a page says beside its forms. */
import { type Html, type HtmlValue, html } from '../html.ts'

export const paragraph = (text: HtmlValue): Html => html`<p>${text}</p>`

/** What went wrong, read out at once; `id` lets a field refer to it. */
export const alert = (init: {
  readonly id?: string
  readonly text: string
  readonly items?: readonly string[]
}): Html => html`
<div class="alert" role="alert"${init.id !== undefined && html` id="${init.id}"`}><p>${init.text}</p>${
  init.items !== undefined &&
  init.items.length > 0 &&
  html`<ul>${init.items.map(item => html`<li>${item}</li>`)}</ul>`
}</div>`

/** What was done. */
export const done = (text: string): Html => html`<p class="done" role="status">${text}</p>`

/** Things of one kind, such as the scopes of a consent: what each is, and what it means. */
export const list = (
  items: readonly { readonly term: HtmlValue; readonly detail?: HtmlValue }[],
): Html => html`
<ul class="items">${items.map(
  ({ term, detail }) =>
    html`<li>${term}${detail !== undefined && html`<span class="quiet">${detail}</span>`}</li>`,
)}</ul>`

/** Small print for those who look into it: names and values. */
export const facts = (entries: readonly (readonly [name: string, value: HtmlValue])[]): Html => html`
<dl>${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`

/** Where else one may want to go, below a form. */
export const ways = (links: readonly { readonly href: string; readonly label: string }[]): Html => html`
<ul class="ways">${links.map(({ href, label }) => html`<li><a href="${href}">${label}</a></li>`)}</ul>`
