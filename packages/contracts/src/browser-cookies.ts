/**
 * The cookies that identity's pages and the token service's share: both live on one host, behind the gateway.
 *
 * `browser` tells browsers apart before anybody has signed in: every handle in a URL and every form is bound to it.
 * `session` names a row of the token service: who is signed in in this browser. Identity sets it at a sign-in.
 * Where users come by https both have the prefix `__Host-`, so that no other host can plant them.
 *
 * @see RFC 6265bis §4.1.3.2
 */
export interface BrowserCookies {
  readonly browser: string
  readonly session: string
  /** What both are set with, beside their names: path, HttpOnly, SameSite=Lax, Secure where users come by https. */
  readonly attributes: {
    readonly path: '/'
    readonly httpOnly: true
    readonly sameSite: 'lax'
    readonly secure: boolean
  }
}

export const browserCookiesOf = (publicUrl: string): BrowserCookies => {
  const secure = publicUrl.startsWith('https:')
  const prefix = secure ? '__Host-' : ''
  return {
    browser: `${prefix}latchkey_browser`,
    session: `${prefix}latchkey_session`,
    attributes: { path: '/', httpOnly: true, sameSite: 'lax', secure },
  }
}
