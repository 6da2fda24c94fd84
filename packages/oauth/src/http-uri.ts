/**
 * HTTP URIs as they are compared where a signature names one: without query and fragment, and normalised, so that two
 * spellings of one address are one (RFC 3986 §6.2.2, §6.2.3). Spellings that only a lenient reader takes are none.
 */

// No white space, no backslash, nothing outside of ASCII: URL would mend them silently.
const strictForm = /^https?:\/\/[!-[\]-~]+$/i
const escaped = /%([0-9a-f]{2})/gi
const unreserved = /[A-Za-z0-9\-._~]/

/** `%7e` is `~`, `%2f` is `%2F`. */
const normalisePath = (path: string): string =>
  path.replace(escaped, (spelling, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16))
    return unreserved.test(character) ? character : spelling.toUpperCase()
  })

/** Undefined for what is no absolute http(s) URI, or holds credentials. */
const normaliseHttpUri = (text: string): string | undefined => {
  if (!strictForm.test(text) || !URL.canParse(text)) return undefined
  const { origin, pathname, username, password } = new URL(text)
  return username === '' && password === '' ? `${origin}${normalisePath(pathname)}` : undefined
}

/** Whether both are one address, whatever their queries and fragments. @see RFC 9449 §4.3 */
export const isSameHttpUri = (a: string, b: string): boolean => {
  const normalised = normaliseHttpUri(a)
  return normalised !== undefined && normalised === normaliseHttpUri(b)
}
