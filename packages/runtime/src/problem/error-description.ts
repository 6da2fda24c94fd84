/**
 * `error_description` has no character outside of printable ASCII, no quotation mark and no backslash: clients may refuse an
 * answer that has. Texts of ours are written for people, and some name what a request held.
 *
 * @see RFC 6749 §4.1.2.1, §5.2, RFC 6750 §3
 */

const plain = new Map([
  ['’', "'"],
  ['‘', "'"],
  ['“', "'"],
  ['”', "'"],
  ['"', "'"],
  ['\\', '/'],
  ['–', '-'],
  ['…', '...'],
  ['§', 'section '],
])

/** The text as it may be sent; what has no plain form is a question mark. */
export const errorDescriptionOf = (text: string): string =>
  text.replace(/[^ !#-[\]-~]/gu, character => plain.get(character) ?? '?')
