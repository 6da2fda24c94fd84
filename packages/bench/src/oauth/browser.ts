/** As much of a browser as it takes to sign in: cookies, redirects, the fields of the one form of a page. */
export interface Page {
  readonly url: URL
  readonly html: string
}

export const createBrowser = (origin: string) => {
  const cookies = new Map<string, string>()

  const request = async (url: URL, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { cookie: cookieHeader(), accept: 'text/html', ...init.headers },
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const split = pair.indexOf('=')
      cookies.set(pair.slice(0, split), pair.slice(split + 1))
    }
    return response
  }

  const cookieHeader = (): string => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

  /** Follows redirects on the origin; the first one that leaves it is the result. */
  const follow = async (url: URL, init: RequestInit = {}, redirects = 0): Promise<Page> => {
    if (redirects === 10) throw new Error(`redirects without end, the last one to ${url.pathname}`)
    const response = await request(url, init)
    const location = response.headers.get('location')
    const html = await response.text()
    if (location === null) {
      if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}: ${html.slice(0, 500)}`)
      return { url, html }
    }
    const next = new URL(location, url)
    return next.origin === origin ? follow(next, {}, redirects + 1) : { url: next, html: '' }
  }

  return {
    cookieHeader,
    open: (path: string): Promise<Page> => follow(new URL(path, origin)),
    /** Posts the form of the page with its hidden fields and `fields`. */
    submit: ({ url, html }: Page, fields: Readonly<Record<string, string>>): Promise<Page> => {
      const action = /<form[^>]*action="([^"]*)"/.exec(html)?.[1] ?? url.href
      const hidden = [...html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
        /name="([^"]*)"/.exec(input)?.[1] ?? '',
        decodeEntities(/value="([^"]*)"/.exec(input)?.[1] ?? ''),
      ])
      const body = new URLSearchParams({ ...Object.fromEntries(hidden), ...fields })
      return follow(new URL(decodeEntities(action), url), { method: 'POST', body })
    },
  }
}

const decodeEntities = (text: string): string =>
  text
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&amp;', '&')
