/**
 * An application of the suite, with `openid-client` as its library, and the users who come to it with a browser that knows
 * no JavaScript.
 */
import { createPlainBrowser } from '@latchkey/testkit'
import * as oidc from 'openid-client'
import type { Person } from './person.ts'
import type { Suite } from './suite.ts'

/** The port of a loopback address does not matter. */
export const loopbackRedirectUri = 'http://127.0.0.1:51005/callback'

export interface ApplicationInit {
  readonly client: Pick<Suite['demo'], 'client_id' | 'client_secret'>
  /** What the library is to know about its registration. */
  readonly metadata?: Partial<oidc.ClientMetadata>
}

export const createApplication = async (suite: Suite, { client, metadata }: ApplicationInit) => {
  const authentication = oidc.ClientSecretBasic(client.client_secret)
  const config = await oidc.discovery(new URL(suite.issuer), client.client_id, metadata, authentication, {
    execute: [oidc.allowInsecureRequests],
  })

  /** Signs the user in, allows what is asked, and redeems the code. */
  const signIn = async (
    { email, password }: Pick<Person, 'email' | 'password'>,
    parameters: Readonly<Record<string, string>> = {},
    options: oidc.DPoPOptions = {},
  ) => {
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
    const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()]
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: loopbackRedirectUri,
      scope: 'openid profile email',
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      nonce: expectedNonce,
      ...parameters,
    })
    const browser = createPlainBrowser(suite.gateway)
    let page = await browser.open(`${url.pathname}${url.search}`)
    if (page.url.pathname === '/login') page = await browser.submit(page, { email, password })
    if (page.url.pathname === '/oauth/consent') page = await browser.submit(page, { decision: 'allow' })
    const { url: callback, status, html } = page
    if (!callback.href.startsWith(loopbackRedirectUri)) throw new Error(`${status} ${callback}: ${html}`)
    const checks = { pkceCodeVerifier, expectedState, expectedNonce }
    return oidc.authorizationCodeGrant(config, callback, checks, undefined, options)
  }

  return { config, signIn }
}

export type Application = Awaited<ReturnType<typeof createApplication>>
