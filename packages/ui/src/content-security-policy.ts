/**
 * The policy of a page: nothing runs but a script of ours where the page has one, nothing comes from elsewhere but the operator's logo, nobody frames it.
 *
 * Chromium applies `form-action` to every redirect after a form, so a page whose form leads to a client in the end has to
 * name where that is. @see CSP Level 3 §6.4.1, draft OAuth 2.1 §7.11
 */
import { createHash } from 'node:crypto'

export interface PolicyInit {
  readonly stylesheet: string
  readonly logoUrl: string | undefined
}

/** What could end a source, a directive or the policy is no source. */
const source = /^[^\s;,'"]+$/

const imageSource = (logoUrl: string | undefined): string => {
  if (logoUrl === undefined) return ''
  return `img-src ${logoUrl.startsWith('data:') ? 'data:' : logoUrl}; `
}

export const createContentSecurityPolicy = ({ stylesheet, logoUrl }: PolicyInit) => {
  const hash = createHash('sha256').update(stylesheet).digest('base64')
  const own = `default-src 'none'; style-src 'sha256-${hash}'; ${imageSource(logoUrl)}frame-ancestors 'none'; base-uri 'none'`
  // It may ask our own origin, and nobody else.
  const scripted = `${own}; script-src 'self'; connect-src 'self'`
  /** `formAction`: sources beyond the page's own origin. */
  return (formAction: readonly string[], hasScript = false): string =>
    [
      `${hasScript ? scripted : own}; form-action 'self'`,
      ...formAction.filter(each => source.test(each)),
    ].join(' ')
}
