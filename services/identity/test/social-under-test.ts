/** Identity with providers set up: an OpenID Connect issuer that may lie, and GitHub as it answers. */
import { createUuid } from '@latchkey/runtime/ids'
import {
  type GithubPerson,
  type Lies,
  type ProviderClaims,
  startGithub,
  startOpenIdProvider,
} from '@latchkey/testkit/providers'
import { type Answer, type StartOptions, startIdentity } from './identity-under-test.ts'
import { createVisitor, type Visitor } from './pages-visitor.ts'

export const redirectUri = 'https://app.example/callback'

/** Somebody whom the provider knows well. */
export const aProviderUser = (given: Readonly<Record<string, unknown>> = {}): ProviderClaims => ({
  sub: `sub-${createUuid()}`,
  email: `social-${createUuid()}@example.com`,
  email_verified: true,
  name: 'Ada Lovelace',
  ...given,
})

export const startSocial = async (options: StartOptions = {}) => {
  const [acme, github] = [await startOpenIdProvider(), await startGithub()]
  const identity = await startIdentity({
    ...options,
    env: {
      OUTBOUND_ALLOWED_NETWORKS: '127.0.0.0/8',
      OIDC_PROVIDERS: JSON.stringify([
        {
          name: 'acme',
          display_name: 'Acme',
          issuer: acme.origin,
          client_id: 'latchkey',
          client_secret: 'a secret of ours',
        },
      ]),
      GITHUB_URL: github.origin,
      GITHUB_CLIENT_ID: github.clientId,
      GITHUB_CLIENT_SECRET: github.clientSecret,
      SOCIAL_REDIRECT_URIS: `${redirectUri},http://127.0.0.1/callback,com.example.app:/callback`,
      ...options.env,
    },
  })

  const pathOf = (url: URL): string => `${url.pathname}${url.search}`

  /** An application begins, by itself. */
  const begin = async (provider = 'acme', query: Readonly<Record<string, string>> = {}) => {
    const parameters = new URLSearchParams({ redirect_uri: redirectUri, ...query })
    const { status, body, text } = await identity.call(
      'GET',
      `/auth/oauth/${provider}/authorize?${parameters}`,
    )
    if (status !== 200) throw new Error(`authorize answered ${status}: ${text}`)
    return { url: String(body.authorization_url), state: String(body.state) }
  }

  const returned = async (person: ProviderClaims, lies?: Lies, query?: Readonly<Record<string, string>>) => {
    const { url, state } = await begin('acme', query)
    return { path: pathOf(acme.approve(url, person, lies)), state }
  }

  const visitor = (): Visitor => createVisitor(identity, { accept: 'text/html' })

  /** The link of a page to a provider, as the browser would follow it. */
  const linkTo = (page: Answer, provider: string): string => {
    const href = new RegExp(
      `href="(/(?:login/${provider}|account/providers/connect\\?provider=${provider})[^"]*)"`,
    ).exec(page.text)?.[1]
    if (href === undefined) throw new Error(`no link to ${provider}: ${page.text}`)
    return href.replaceAll('&amp;', '&')
  }

  /** From a page of ours to the provider and back. */
  const travel = async (browser: Visitor, page: Answer, person: ProviderClaims): Promise<Answer> => {
    const away = await browser.open(linkTo(page, 'acme'))
    if (away.status !== 303) throw new Error(`the way to the provider answered ${away.status}: ${away.text}`)
    return browser.open(pathOf(acme.approve(away.headers.get('location') ?? '', person)))
  }

  return {
    ...identity,
    acme,
    github,
    pathOf,
    begin,
    returned,
    /** What an application is answered that hands over what came back. */
    signIn: async (person: ProviderClaims, lies?: Lies): Promise<Answer> =>
      identity.call('GET', (await returned(person, lies)).path),
    signInAtGithub: async (person: GithubPerson): Promise<Answer> => {
      const { url } = await begin('github')
      return identity.call('GET', pathOf(github.approve(url, person)))
    },
    /** A browser that takes pages. */
    visitor,
    linkTo,
    travel,
    /** By the page, as far as the provider leads. */
    signInBrowser: async (browser: Visitor, person: ProviderClaims): Promise<Answer> =>
      travel(browser, await browser.open('/login'), person),
    externalAccountsOf: async (userId: string) =>
      (
        await identity.database.pool.query('SELECT id, subject FROM external_accounts WHERE user_id = $1', [
          userId,
        ])
      ).rows,
    closeAll: async () => {
      await identity.close()
      await acme.close()
      await github.close()
    },
  }
}

export type SocialUnderTest = Awaited<ReturnType<typeof startSocial>>
