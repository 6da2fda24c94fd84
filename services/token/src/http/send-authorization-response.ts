/**
 * Sends an answer to the client through the browser: 303 with the answer in the query, so that nothing is posted twice, or
 * a page whose form posts it. @see draft OAuth 2.1 §7.5.3, OAuth 2.0 Form Post Response Mode §2
 */
import { createHash } from 'node:crypto'
import type { Response } from '@latchkey/runtime/http'
import { html, type Locale } from '@latchkey/ui'
import { type AuthorizationResponse, redirectLocation } from '../authorize/response.ts'
import { formActionOf } from '../domain/form-action.ts'
import { phrases } from './pages/phrases.ts'

const script = 'document.forms[0].submit()'

const scriptSource = `'sha256-${createHash('sha256').update(script).digest('base64')}'`

/** Complete without JavaScript: then there is a button to press. */
const formPostPage = ({ target, parameters }: AuthorizationResponse, locale: Locale): string => {
  const words = phrases[locale].formPost
  return html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${words.heading}</title>
</head>
<body>
<main>
<h1>${words.heading}</h1>
<p>${words.text}</p>
<form method="post" action="${target.redirectUri}">
${Object.entries(parameters).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}
<button type="submit">${words.button}</button>
</form>
</main>
<script>${script}</script>
</body>
</html>
`.toString()
}

export const sendAuthorizationResponse = (
  res: Response,
  response: AuthorizationResponse,
  locale: Locale,
): void => {
  res.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' })
  const { redirectUri, responseMode } = response.target
  if (responseMode === 'query') {
    res.redirect(303, redirectLocation(response))
    return
  }
  res
    .set({
      'Content-Language': locale,
      'Content-Security-Policy': `default-src 'none'; script-src ${scriptSource}; form-action ${formActionOf(redirectUri)}; frame-ancestors 'none'; base-uri 'none'`,
    })
    .type('html')
    .send(formPostPage(response, locale))
}
