/** Which of our languages answers a request for one. @see RFC 4647 §3.4 (lookup) */

/**
 * The first of `available` that the BCP 47 tag `requested` (or the same with subtags dropped from its end)
 * names: `de-CH-1996` finds `de`. What is empty, malformed or unknown gets `fallback`.
 */
export const matchLocale = <Locale extends string>(
  requested: string,
  available: readonly Locale[],
  fallback: Locale,
): Locale => {
  const subtags = requested.toLowerCase().split(/[-_]/)
  while (subtags.length > 0) {
    const tag = subtags.join('-')
    const match = available.find(locale => locale.toLowerCase() === tag)
    if (match !== undefined) return match
    subtags.pop()
  }
  return fallback
}
