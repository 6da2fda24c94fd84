/**
 * Text in NFC, so that one text typed on two keyboards is one text. Putting a run of combining marks in order costs
 * the square of its length: half a second of the event loop for a body that is full of them. So only text that may
 * become short enough is touched at all.
 */

// A character is at most four code points before it is composed, of at most two code units each (UAX #15).
const longestSpelling = 8

/** The text in NFC; undefined where it has more than `limit` characters however it is composed. */
export const composeUpTo = (limit: number, text: string): string | undefined =>
  text.length > limit * longestSpelling ? undefined : text.normalize('NFC')
