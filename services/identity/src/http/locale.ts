/** The language that a browser asks for first. @see RFC 9110 §12.5.4 */

const range = /^([a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3})(?:\s*;\s*q=([01](?:\.\d{0,3})?))?$/i

/** A BCP 47 tag, or '' where none is asked for; which languages there are, the mails know. */
export const preferredLocale = (acceptLanguage: string | undefined): string => {
  const wishes = (acceptLanguage ?? '').slice(0, 256).split(',').flatMap(toWish)
  // Stable: among equals, the one that was named first.
  return wishes.sort((a, b) => b.quality - a.quality)[0]?.tag ?? ''
}

const toWish = (text: string): { tag: string; quality: number }[] => {
  const [, tag, quality = '1'] = range.exec(text.trim()) ?? []
  return tag === undefined || Number(quality) === 0 ? [] : [{ tag, quality: Number(quality) }]
}
