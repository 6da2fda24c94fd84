/** Where a browser goes after a logout. @see OpenID Connect RP-Initiated Logout 1.0 §2, §3 */

/** A registered address; the state goes along as it came. */
export const postLogoutRedirectOf = (uri: string, state: string | undefined): string =>
  state === undefined ? uri : `${uri}${uri.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`

/** Whether it is one of these, with a state or without. */
export const isPostLogoutRedirect = (address: string, registered: readonly string[]): boolean =>
  registered.some(uri => address === uri || address.startsWith(postLogoutRedirectOf(uri, '')))
