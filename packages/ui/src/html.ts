/** HTML out of template literals. Whatever is put in is escaped, unless it is HTML that was made here itself. */

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For text and for quoted attributes; there are no unquoted ones in our templates. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, character => entities[character] ?? character)

/** Markup that is safe to send. Only `html` makes it: the constructor is no part of the package's surface. */
export class Html {
  readonly #markup: string

  constructor(markup: string) {
    this.#markup = markup
  }

  toString(): string {
    return this.#markup
  }
}

/** What a template takes: text, markup, a list of either, or nothing. */
export type HtmlValue = string | number | Html | readonly HtmlValue[] | undefined | false

const markupOf = (value: HtmlValue): string => {
  if (value === undefined || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  return value.map(markupOf).join('')
}

/** `` html`<p>${untrusted}</p>` `` */
export const html = (parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
  new Html(parts.reduce((markup, part, at) => markup + markupOf(values[at - 1]) + part))
