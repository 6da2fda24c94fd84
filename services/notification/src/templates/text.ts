/** A letter as plain text: what a screen reader, a terminal or a careful mail client shows. */
import type { Letter } from './letter.ts'

export const renderText = ({ heading, paragraphs, action, code, notes, footer }: Letter): string =>
  [
    heading,
    ...paragraphs,
    // Alone on its line, so that every client makes it a link and none takes a full stop with it.
    ...(action === undefined ? [] : [action.url]),
    ...(code === undefined ? [] : [code.label, code.text]),
    ...notes,
    // RFC 3676 §4.3: two hyphens and a space begin a signature.
    `-- \n${footer}`,
  ].join('\n\n')
