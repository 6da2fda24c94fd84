/** A whole page: the head, the brand, the heading, and what a service puts below it. */
import type { Brand } from './brand.ts'
import { Html, type HtmlValue, html } from './html.ts'
import type { Locale } from './locale.ts'
import type { Widget } from './widget.ts'

export interface Page {
  readonly locale: Locale
  /** The heading, and the title of the window. */
  readonly title: string
  readonly body: HtmlValue
  /** Beside the page: where else one can go in the same place. Makes the page a wide one. */
  readonly aside?: Html
  /** A script of ours, by its address on our origin. The page must do without it. */
  readonly script?: string | undefined
  /** The text of one that is too short to be fetched; never made of what a request says. The same. */
  readonly inlineScript?: string | undefined
  readonly widget?: Widget | undefined
}

export interface DocumentInit {
  readonly brand: Brand
  readonly stylesheet: string
}

const brandMark = ({ name, logoUrl }: Brand): Html =>
  logoUrl === undefined ? html`${name}` : html`<img src="${logoUrl}" alt="${name}">`

export const createRenderDocument = ({ brand, stylesheet }: DocumentInit) => {
  // Ours, and the very text whose hash the policy names: escaping would change it.
  const style = new Html(`<style>${stylesheet}</style>`)
  const mark = brandMark(brand)
  return ({ locale, title, body, aside, script, inlineScript, widget }: Page): string =>
    html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · ${brand.name}</title>
${style}${script !== undefined && html`\n<script type="module" src="${script}"></script>`}${inlineScript !== undefined && new Html(`\n<script>${inlineScript}</script>`)}${widget !== undefined && html`\n<script src="${widget.scriptUrl}" async defer></script>`}
</head>
<body${aside !== undefined && html` class="wide"`}>
<header>${mark}</header>
${aside}<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.toString()
}
