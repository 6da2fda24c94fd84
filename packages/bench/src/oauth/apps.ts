/** The application of the code flow and of refreshes, at ours and at the peer. */
import { referenceClients } from '@latchkey/testkit/reference-provider'
import type { Lane } from '../load/protocol.ts'
import { registerUsers } from '../suite/users.ts'
import { registerClient } from './register-client.ts'
import { type App, passOurPages, type SignedInBrowser, signIn } from './sign-in.ts'

export interface SignedInApp {
  readonly app: App
  readonly browsers: readonly SignedInBrowser[]
}

/** A public client of ours, and as many users who are signed in to it. */
export const signInOurs = async (gateway: string, count: number): Promise<SignedInApp> => {
  const redirectUri = 'https://bench.example/callback'
  const { id } = await registerClient(gateway, {
    token_endpoint_auth_method: 'none',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid',
  })
  const app = {
    clientId: id,
    redirectUri,
    authorizePath: '/oauth/authorize',
    tokenPath: '/oauth/token',
  }
  const browsers: SignedInBrowser[] = []
  for (const user of await registerUsers(gateway, count)) {
    browsers.push(await signIn(gateway, app, passOurPages(user)))
  }
  return { app, browsers }
}

/** The same at the peer, which asks nothing of anybody. */
export const signInPeers = async (origin: string, count: number): Promise<SignedInApp> => {
  const { id, redirectUri } = referenceClients.app
  const app = { clientId: id, redirectUri, authorizePath: '/auth', tokenPath: '/token' }
  const browsers: SignedInBrowser[] = []
  while (browsers.length < count) {
    browsers.push(
      await signIn(origin, app, page => Promise.reject(new Error(`the peer shows ${page.url.pathname}`))),
    )
  }
  return { app, browsers }
}

export const codeFlowLanes = ({ app, browsers }: SignedInApp): Lane[] =>
  browsers.map(({ cookie }) => ({ kind: 'code_flow', ...app, cookie }))

export const refreshLanes = ({ app, browsers }: SignedInApp): Lane[] =>
  browsers.map(({ refreshToken }) => ({
    kind: 'oauth_refresh',
    path: app.tokenPath,
    clientId: app.clientId,
    refreshToken,
  }))
