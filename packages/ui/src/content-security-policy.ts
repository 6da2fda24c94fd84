/**
 * The policy of a page: nothing runs but a script of ours where the page has one, nothing comes from elsewhere but the
 * operator's logo, the widget of a page that needs one and the frames of one that has them, nobody frames it.
 *
 * Chromium applies `form-action` to every redirect after a form, so a page whose form leads to a client in the end has to
 * name where that is. @see CSP Level 3 §6.4.1, draft OAuth 2.1 §7.11
 */
import { createHash } from 'node:crypto'
import type { Widget } from './widget.ts'

export interface PolicyInit {
  readonly stylesheet: string
  readonly logoUrl: string | undefined
}

/** What one page needs. */
export interface PageNeeds {
  /** Sources beyond the page's own origin. */
  readonly formAction: readonly string[]
  readonly hasScript: boolean
  readonly inlineScript: string | undefined
  /** Origins whose pages this one shows in frames. */
  readonly frames: readonly string[]
  readonly widget: Widget | undefined
}

/** What could end a source, a directive or the policy is no source. */
const source = /^[^\s;,'"]+$/

const imageSources = (logoUrl: string | undefined): readonly string[] => {
  if (logoUrl === undefined) return []
  return [logoUrl.startsWith('data:') ? 'data:' : logoUrl]
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const isSource = (each: string): boolean => source.test(each)

export const createContentSecurityPolicy = ({ stylesheet, logoUrl }: PolicyInit) => {
  const styleHash = hashOf(stylesheet)
  const directive = (name: string, sources: readonly string[]): readonly string[] =>
    sources.length === 0 ? [] : [`${name} ${sources.join(' ')}`]

  return ({ formAction, hasScript, inlineScript, frames, widget }: PageNeeds): string => {
    // A script of ours may ask our own origin, and nobody else; a widget those that are its own.
    const own = hasScript ? ["'self'"] : []
    const inline = inlineScript === undefined ? [] : [hashOf(inlineScript)]
    const foreign = (widget?.sources ?? []).filter(isSource)
    return [
      "default-src 'none'",
      ...directive('style-src', [styleHash, ...foreign]),
      ...directive('img-src', imageSources(logoUrl)),
      "frame-ancestors 'none'",
      "base-uri 'none'",
      ...directive('script-src', [...own, ...inline, ...foreign]),
      ...directive('connect-src', [...own, ...foreign]),
      ...directive('frame-src', [...foreign, ...frames.filter(isSource)]),
      ...directive('form-action', ["'self'", ...formAction.filter(isSource)]),
    ].join('; ')
  }
}
