/** A user who is signed in in a browser and has allowed an application what it asks for. */
import { createHash, randomBytes } from 'node:crypto'
import { createPlainBrowser, type PlainBrowser, type PlainPage } from '@latchkey/testkit'
import type { BenchUser } from '../suite/users.ts'
import { requestToken } from './register-client.ts'

export interface App {
  readonly clientId: string
  readonly redirectUri: string
  readonly authorizePath: string
  readonly tokenPath: string
}

export interface SignedInBrowser {
  /** The value of a Cookie header. */
  readonly cookie: string
  readonly refreshToken: string
}

/** Goes through whatever pages stand in the way with `pass`, then exchanges the code. */
export const signIn = async (
  origin: string,
  app: App,
  pass: (page: PlainPage, browser: PlainBrowser) => Promise<PlainPage>,
): Promise<SignedInBrowser> => {
  const browser = createPlainBrowser(origin)
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: app.redirectUri,
    scope: 'openid',
    state: 'bench',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  let page = await browser.open(`${app.authorizePath}?${query}`)
  for (let pages = 0; page.url.origin === origin; pages += 1) {
    if (pages === 5 || page.status >= 400) {
      throw new Error(`the sign-in ends at ${page.url.pathname}: ${page.status} ${page.html.slice(0, 500)}`)
    }
    page = await pass(page, browser)
  }
  const code = page.url.searchParams.get('code')
  if (code === null) throw new Error(`no code came back, but ${page.url.search}`)
  const tokens = await requestToken(new URL(app.tokenPath, origin).href, {
    grant_type: 'authorization_code',
    client_id: app.clientId,
    redirect_uri: app.redirectUri,
    code,
    code_verifier: verifier,
  })
  return { cookie: browser.cookies(), refreshToken: tokens.refresh_token }
}

/** What a person does with our pages. */
export const passOurPages =
  ({ email, password }: Pick<BenchUser, 'email' | 'password'>) =>
  (page: PlainPage, browser: PlainBrowser): Promise<PlainPage> =>
    browser.submit(page, page.url.pathname.endsWith('/login') ? { email, password } : { decision: 'allow' })
