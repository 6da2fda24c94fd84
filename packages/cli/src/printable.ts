/**
 * Text that others have chosen, made safe for a terminal: a client's name must not move the cursor, recolour the screen or
 * turn what stands after it around.
 */

const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Each such character becomes a question mark in a lozenge. */
export const printable = (text: string): string => text.replaceAll(unprintable, '\ufffd')

/** JSON that any reader takes for the same value; what JSON itself leaves as it is, is escaped. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
