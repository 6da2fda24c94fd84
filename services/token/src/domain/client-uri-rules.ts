/**
 * What a client may register as an address. Each rule takes the text as it was written and gives what is wrong with it,
 * or undefined. The text is kept to the letter, since it is compared to the letter.
 *
 * @see draft OAuth 2.1 §2.3, RFC 8252 §7, RFC 7591 §5
 */

type UriFault = string | undefined

/** `127.0.0.1`, `[::1]`, `localhost`: this machine, where there is nobody to read along. */
const isLoopbackHost = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)

// White space and control characters vanish in parsers, a backslash becomes a slash, and * is no wildcard here.
const ambiguous = /[\s\p{Cc}\\*]/u

// RFC 3986 §2; others come as Punycode and %-escapes. What looks like a full stop, or turns the direction, can mislead.
const ascii = /^[\x21-\x7e]*$/

const parse = (text: string): URL | string => {
  if (text.includes('*')) return 'has no wildcards: it is compared exactly'
  if (ambiguous.test(text)) return 'must not hold white space, control characters or backslashes'
  if (!ascii.test(text)) return 'must be ASCII: write a host in Punycode, and the rest with %-escapes'
  if (!/^[a-z][a-z\d+.-]*:/i.test(text) || !URL.canParse(text)) return 'must be an absolute URI'
  if (text.includes('#')) return 'must not have a fragment'
  const url = new URL(text)
  return url.username !== '' || url.password !== '' ? 'must not hold user information' : url
}

/** The authority as it is written: a name or an address, and perhaps a port. */
const authority = /^https?:\/\/([\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:[/?]|$)/i

/**
 * https, or http on this machine; written as such, since `https:host` and `https:///host` are read differently, and so are
 * `127.1`, `2130706433` and an empty name of a user.
 */
const webFault = (url: URL, text: string): UriFault => {
  if (!/^https?:\/\/[^/]/i.test(text)) return 'must have a host'
  if (authority.exec(text)?.[1]?.toLowerCase() !== url.hostname)
    return 'must have its host in its usual form, and nothing before it'
  if (url.protocol === 'https:' || isLoopbackHost(url.hostname)) return undefined
  return 'must be https; http is for loopback addresses and localhost'
}

const isWeb = ({ protocol }: URL): boolean => protocol === 'https:' || protocol === 'http:'

/**
 * Where a browser may be sent: https, http on this machine, or an app's own scheme, which has a dot because it is a
 * domain name backwards. That leaves no room for `javascript:`, `data:`, `file:` and their like.
 *
 * @see RFC 8252 §7.1, §7.3
 */
export const redirectUriFault = (text: string): UriFault => {
  const url = parse(text)
  if (typeof url === 'string') return url
  if (isWeb(url)) return webFault(url, text)
  return url.protocol.includes('.')
    ? undefined
    : 'must be https, http on a loopback address, or a scheme with a dot like com.example.app'
}

/** An address that a person or this server opens: a page, a key set, a logout endpoint. */
export const webUrlFault = (text: string): UriFault => {
  const url = parse(text)
  if (typeof url === 'string') return url
  return isWeb(url) ? webFault(url, text) : 'must be https'
}

/** Exactly as a browser sends it. @see RFC 6454 §6.2 */
export const originFault = (text: string): UriFault => {
  const url = parse(text)
  if (typeof url === 'string') return url
  if (!isWeb(url) || url.origin !== text)
    return 'must be an origin like https://app.example.com, without a path'
  return webFault(url, text)
}

/** RFC 8707 §2. */
export const resourceFault = (text: string): UriFault => {
  const url = parse(text)
  return typeof url === 'string' ? url : undefined
}
