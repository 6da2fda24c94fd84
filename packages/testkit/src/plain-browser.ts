/** As much of a browser as pages without JavaScript need: cookies, redirects, the fields of a form. */
import { formActionOf, formOf, hiddenFieldsOf } from './page-form.ts'

export interface PlainPage {
  readonly url: URL
  readonly status: number
  readonly html: string
}

export interface PlainBrowser {
  /** The value of a Cookie header. */
  readonly cookies: () => string
  /** Follows redirects on the origin; the first one that leaves it is the result, with status 0. */
  readonly open: (path: string) => Promise<PlainPage>
  /** Posts the form of the page that leads to `action`, or its first one, with its hidden fields and `fields`. */
  readonly submit: (
    page: PlainPage,
    fields: Readonly<Record<string, string>>,
    action?: string,
  ) => Promise<PlainPage>
}

const mostRedirects = 10

export const createPlainBrowser = (origin: string): PlainBrowser => {
  const jar = new Map<string, string>()
  const cookies = (): string => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')

  const keepCookies = (response: Response): void => {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const split = pair.indexOf('=')
      const isGone = /;\s*max-age=0/i.test(cookie) || /;\s*expires=Thu, 01 Jan 1970/i.test(cookie)
      if (isGone) jar.delete(pair.slice(0, split))
      else jar.set(pair.slice(0, split), pair.slice(split + 1))
    }
  }

  const follow = async (url: URL, init: RequestInit = {}, redirects = 0): Promise<PlainPage> => {
    if (redirects === mostRedirects) throw new Error(`redirects without end, the last one to ${url.pathname}`)
    const headers = { cookie: cookies(), accept: 'text/html', ...init.headers }
    const response = await fetch(url, { ...init, redirect: 'manual', headers })
    keepCookies(response)
    const html = await response.text()
    const location = response.headers.get('location')
    if (location === null) return { url, status: response.status, html }
    const next = new URL(location, url)
    if (next.origin !== origin) return { url: next, status: 0, html: '' }
    return follow(next, {}, redirects + 1)
  }

  return {
    cookies,
    open: path => follow(new URL(path, origin)),
    submit: ({ url, html }, fields, action) => {
      const form = formOf(html, action)
      const body = new URLSearchParams({ ...hiddenFieldsOf(form), ...fields })
      return follow(new URL(formActionOf(form) ?? '', url), {
        method: 'POST',
        body,
        headers: { origin, 'sec-fetch-site': 'same-origin' },
      })
    },
  }
}
