/**
 * Redirect URIs are compared as strings, to the letter: whatever is normalized away by one reader and not by another has
 * led codes to strangers. Only the port of a loopback address may differ: a native app does not know it in advance.
 *
 * @see draft OAuth 2.1 §2.3.1, §8.4.2
 */

// An address, not the name `localhost`, which may lead elsewhere (RFC 8252 §8.3); after the port only a path or a query.
const loopback = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::([1-9]\d{0,4}))?((?:[/?][^#]*)?)$/

const withoutLoopbackPort = (uri: string): string | undefined => {
  const [, origin, port = '80', rest] = loopback.exec(uri) ?? []
  return origin === undefined || Number(port) > 65_535 ? undefined : `${origin} ${rest}`
}

export const isSameRedirectUri = (registered: string, presented: string): boolean => {
  if (presented.includes('#')) return false
  if (registered === presented) return true
  const portless = withoutLoopbackPort(presented)
  return portless !== undefined && portless === withoutLoopbackPort(registered)
}

export const isRegisteredRedirectUri = (registered: readonly string[], presented: string): boolean =>
  registered.some(uri => isSameRedirectUri(uri, presented))
