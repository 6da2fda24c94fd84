/** The demo provider as its users meet it: a page of another site, between leaving ours and coming back to it. */
import { createPlainBrowser, type PlainBrowser } from '@latchkey/testkit'
import type { Suite } from './suite.ts'

export interface UpstreamPerson {
  /** '' where the provider is to tell none. */
  readonly email: string
  readonly name?: string
  readonly verified?: boolean
}

/** Somebody signs in there, in a browser that knows no JavaScript. Gives where the provider sends them back to. */
export const signInUpstream = async (
  { demo }: Pick<Suite, 'demo'>,
  authorizationUrl: string | URL,
  { email, name = 'Upstream User', verified = true }: UpstreamPerson,
  decision: 'allow' | 'deny' = 'allow',
): Promise<URL> => {
  const browser = createPlainBrowser(demo.provider.issuer)
  const page = await browser.open(String(authorizationUrl))
  if (page.status !== 200) throw new Error(`the demo provider answered ${page.status}: ${page.html}`)
  const flag: Record<string, string> = verified ? { email_verified: 'true' } : {}
  const { url } = await browser.submit(page, { email, name, decision, ...flag })
  return url
}

/** The link of a page to the provider, with what proves that it is of this browser. */
export const providerLinkOf = (html: string, path = '/login/demo'): string => {
  const href = new RegExp(`href="(${path}[^"]*)"`).exec(html)?.[1]
  if (href === undefined) throw new Error(`no link to ${path}: ${html}`)
  return href.replaceAll('&amp;', '&')
}

/** From a page of ours to the provider and back, to the page that follows. */
export const continueWithDemo = async (
  suite: Suite,
  browser: PlainBrowser,
  html: string,
  person: UpstreamPerson,
  path?: string,
) => {
  const away = await browser.open(providerLinkOf(html, path))
  const back = await signInUpstream(suite, away.url, person)
  return browser.open(String(back))
}
