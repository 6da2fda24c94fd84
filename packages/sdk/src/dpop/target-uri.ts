/**
 * Whether two addresses name the same resource, for `htu`: query and fragment left out, spelled alike (case of scheme
 * and host, default port, dot segments, needless percent-encoding).
 * @see RFC 9449 §4.3, RFC 3986 §6.2.2, §6.2.3
 */

// No white space, no backslash, nothing outside of ASCII: URL would mend them silently.
const strictForm = /^https?:\/\/[!-[\]-~]+$/i
const unreserved = /[\w.~-]/

/** `%7e` and `~` are one path, `%2F` and `/` are two. */
const normalizePercentEncoding = (path: string): string =>
  path.replaceAll(/%[0-9a-f]{2}/gi, encoded => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
    return unreserved.test(character) ? character : encoded.toUpperCase()
  })

/** Undefined for what is no http(s) URL of a resource, and for one that names a user. */
export const parseTargetUri = (text: string): string | undefined => {
  const url = strictForm.test(text) ? URL.parse(text) : null
  if (url === null || url.username !== '' || url.password !== '') return undefined
  return url.origin + normalizePercentEncoding(url.pathname)
}
