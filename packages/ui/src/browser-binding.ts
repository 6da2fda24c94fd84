/**
 * The browser that a page was made for, and the proof that a form comes from a page of ours in that browser.
 *
 * Every browser has a random cookie before anybody has signed in. A form carries a hash of it for its own purpose, so a
 * form of one purpose does for no other; a site elsewhere can neither read the cookie nor make the hash, and so can't
 * sign somebody in as another either. What the browser itself says of where a request comes from is believed, too.
 *
 * @see draft OAuth 2.1 §7.9, OWASP ASVS 5.0 §3.5
 */
import { type BrowserCookies, browserCookiesOf } from '@latchkey/contracts'
import { randomToken, sha256Base64Url, timingSafeEqualStrings } from '@latchkey/runtime/crypto'
import type { Request, Response } from '@latchkey/runtime/http'
import { Problem } from '@latchkey/runtime/problem'
import { parseCookie, stringifySetCookie } from 'cookie'

/** What `randomToken()` makes; anything else in a cookie counts as no cookie. */
const rawToken = /^[\w-]{43}$/

const cookieOf = (req: Request, name: string): string | undefined => {
  const value = parseCookie(req.headers.cookie ?? '')[name]
  return value !== undefined && rawToken.test(value) ? value : undefined
}

const csrfTokenOf = (purpose: string, rawBrowser: string): string =>
  sha256Base64Url(`latchkey csrf v1\0${purpose}\0${rawBrowser}`)

/** 403; the page of it says to load the form again. */
const formRefused = () =>
  new Problem({
    status: 403,
    code: 'FORM_EXPIRED',
    detail: 'The form was not made for this browser, or came from another site',
  })

/**
 * Our pages send no referrer, and so browsers name their origin as `null` even to us; then Sec-Fetch-Site decides,
 * where there is one, and the token in any case. @see Fetch, "append a request Origin header"
 */
const isFromElsewhere = (req: Request, ownOrigin: string): boolean => {
  const site = req.get('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const origin = req.get('origin')
  return origin !== undefined && origin !== 'null' && origin !== ownOrigin
}

export const createBrowserBinding = ({ publicUrl }: { readonly publicUrl: string }) => {
  const cookies: BrowserCookies = browserCookiesOf(publicUrl)
  const ownOrigin = new URL(publicUrl).origin

  const setCookie = (res: Response, name: string, value: string, maxAge?: number): void => {
    const lifetime = maxAge === undefined ? {} : { maxAge }
    res.append('Set-Cookie', stringifySetCookie({ name, value, ...lifetime, ...cookies.attributes }))
  }

  return {
    /** The raw cookie of the browser; undefined for one that has not been here. */
    read: (req: Request): string | undefined => cookieOf(req, cookies.browser),

    /** The same; a browser without one gets one with this answer. */
    ensure: (req: Request, res: Response): string => {
      const known = cookieOf(req, cookies.browser)
      if (known !== undefined) return known
      const raw = randomToken()
      setCookie(res, cookies.browser, raw)
      return raw
    },

    /** The value of the hidden field `csrf` in a form for `purpose`, such as `consent:<flow>`. */
    csrfToken: csrfTokenOf,

    /** @throws Problem 403 `FORM_EXPIRED` unless the form is ours, of this browser and for this purpose; gives the raw browser cookie */
    verifyForm: (req: Request, purpose: string, csrf: string): string => {
      const rawBrowser = cookieOf(req, cookies.browser)
      if (rawBrowser === undefined || isFromElsewhere(req, ownOrigin)) throw formRefused()
      if (!timingSafeEqualStrings(csrf, csrfTokenOf(purpose, rawBrowser))) throw formRefused()
      return rawBrowser
    },

    /** Who is signed in: the raw cookie that the token service knows a session by. */
    readSession: (req: Request): string | undefined => cookieOf(req, cookies.session),

    /** Ends with the browser, unless it has a lifetime of its own. */
    setSession: (res: Response, rawSession: string, maxAgeSeconds?: number): void =>
      setCookie(res, cookies.session, rawSession, maxAgeSeconds),

    clearSession: (res: Response): void => setCookie(res, cookies.session, '', 0),
  }
}

export type BrowserBinding = ReturnType<typeof createBrowserBinding>
