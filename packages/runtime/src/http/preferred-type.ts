/** Which of the media types that can be answered a client would rather have. @see RFC 9110 §12.5.1 */

interface Range {
  readonly type: string
  readonly quality: number
  /** Its place in the header: of two that weigh the same, the earlier one. */
  readonly order: number
}

const readRange = (text: string, order: number): Range => {
  const [type = '', ...parameters] = text.split(';').map(part => part.trim().toLowerCase())
  const weight = parameters.find(parameter => parameter.startsWith('q='))?.slice(2)
  const quality = weight === undefined ? 1 : Number.parseFloat(weight)
  return { type, quality: Number.isNaN(quality) ? 0 : quality, order }
}

/** How well a range fits a type: 3 by name, 2 by `text/*`, 1 by anything, 0 not at all. */
const fitOf = (range: string, type: string): number => {
  if (range === type) return 3
  if (range === `${type.slice(0, type.indexOf('/'))}/*`) return 2
  return range === '*/*' || range === '*' ? 1 : 0
}

/** The index in `types`; undefined where the client takes none of them. Without a header it takes anything. */
export const preferredType = (accept: string | undefined, types: readonly string[]): number | undefined => {
  if (accept === undefined || accept.trim() === '') return 0
  const ranges = accept.split(',').map(readRange)
  const ranked = types.flatMap((type, index) => {
    // The most specific range speaks for a type, even where it says no.
    const [best] = ranges
      .map(range => ({ ...range, fit: fitOf(range.type, type), index }))
      .filter(({ fit }) => fit > 0)
      .toSorted((one, other) => other.fit - one.fit || one.order - other.order)
    return best === undefined || best.quality <= 0 ? [] : [best]
  })
  const [first] = ranked.toSorted(
    (one, other) =>
      other.quality - one.quality ||
      other.fit - one.fit ||
      one.order - other.order ||
      one.index - other.index,
  )
  return first?.index
}
