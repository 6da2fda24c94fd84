/** The sections of a place with several pages, and which of them one is at. @see WCAG 2.2 §2.4.8 */
import { type Html, html } from '../html.ts'

export interface SectionEntry {
  readonly href: string
  readonly label: string
  readonly isCurrent: boolean
}

export const sectionList = (init: {
  /** What the list is called by screen readers. */
  readonly label: string
  readonly entries: readonly SectionEntry[]
}): Html => html`<nav aria-label="${init.label}"><ul>${init.entries.map(
  ({ href, label, isCurrent }) =>
    html`<li><a href="${href}"${isCurrent && html` aria-current="page"`}>${label}</a></li>`,
)}</ul></nav>
`
