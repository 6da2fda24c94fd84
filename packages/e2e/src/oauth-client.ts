/** A client of the suite as an operator makes it, and what `oauth4webapi`, an independent library, makes of the server. */
import { createPlainBrowser } from '@latchkey/testkit'
import * as oauth from 'oauth4webapi'
import { call } from './call.ts'
import { expected, type Person } from './person.ts'
import type { Suite } from './suite.ts'

export const callbackUri = 'http://127.0.0.1:51005/callback'

/** The suite speaks plain http on this machine. */
export const insecure = { [oauth.allowInsecureRequests]: true }

export interface MadeClient extends oauth.Client {
  readonly client_secret: string
}

type Credentials = Readonly<Record<'client_id' | 'client_secret', string>>

const basic = ({ client_id: id, client_secret: secret }: Credentials) =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

/** A token of the suite's administrator. */
export const adminToken = async (suite: Suite, scope: string): Promise<string> => {
  const answer = await call(suite.gateway, 'POST', '/oauth/token', {
    headers: {
      Authorization: basic(suite.admin),
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
  })
  return expected<{ access_token: string }>(200, answer).access_token
}

/** @param members of `POST /admin/api/clients` */
export const makeClient = async (
  suite: Suite,
  members: Readonly<Record<string, unknown>>,
): Promise<MadeClient> => {
  const bearer = await adminToken(suite, 'admin:clients:write')
  const json = { name: 'A client', redirect_uris: [callbackUri], ...members }
  return expected<MadeClient>(201, await call(suite.gateway, 'POST', '/admin/api/clients', { json, bearer }))
}

export const makeScope = async (suite: Suite, name: string): Promise<void> => {
  const bearer = await adminToken(suite, 'admin:scopes:write')
  const json = { name, description: name }
  expected(201, await call(suite.gateway, 'POST', '/admin/api/scopes', { json, bearer }))
}

export const discover = async ({ issuer }: Suite): Promise<oauth.AuthorizationServer> => {
  const url = new URL(issuer)
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure))
}

export interface Authorization {
  /** What the application was sent back with, checked. */
  readonly callback: URLSearchParams
  readonly codeVerifier: string
  readonly nonce: string
}

/** A user who signs in for the application and allows what it asks for. */
export const authorize = async (
  suite: Suite,
  server: oauth.AuthorizationServer,
  client: oauth.Client,
  person: Person,
  parameters: Readonly<Record<string, string>> = {},
  browser = createPlainBrowser(suite.gateway),
): Promise<Authorization> => {
  const codeVerifier = oauth.generateRandomCodeVerifier()
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
  const query = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: callbackUri,
    response_type: 'code',
    scope: 'openid profile',
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  })
  let page = await browser.open(`/oauth/authorize?${query}`)
  if (page.url.pathname === '/login') {
    page = await browser.submit(page, { email: person.email, password: person.password })
  }
  if (page.url.pathname === '/oauth/consent') page = await browser.submit(page, { decision: 'allow' })
  if (!page.url.href.startsWith(callbackUri)) throw new Error(`${page.status} ${page.url}: ${page.html}`)
  return { callback: oauth.validateAuthResponse(server, client, page.url, state), codeVerifier, nonce }
}
