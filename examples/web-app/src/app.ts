/**
 * Users sign in at Latchkey and come back with a code (OpenID Connect, PKCE). The tokens stay on this server; the
 * browser has a cookie.
 */
import express, { type NextFunction, type Request, type Response } from 'express'
import * as client from 'openid-client'
import { page } from './page.ts'
import { createSessions } from './sessions.ts'

export interface AppOptions {
  issuer: URL
  /** Where browsers find this app. */
  origin: string
}

const scope = 'openid profile email'

/** A real app has an id and a secret from its operator; this one registers itself. */
const register = ({ issuer, origin }: AppOptions) =>
  client.dynamicClientRegistration(
    issuer,
    {
      client_name: 'Example web app',
      redirect_uris: [`${origin}/callback`],
      post_logout_redirect_uris: [`${origin}/`],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      scope,
    },
    client.ClientSecretBasic(),
    // Only for Latchkey on this machine; everything else is https.
    { execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [] },
  )

/** What Latchkey said no to, at its pages or in its answers; or what the library found wrong with an answer. */
const refusalOf = (error: unknown): string | undefined => {
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError)
    return error.error
  return error instanceof client.ClientError ? error.code : undefined
}

export const createApp = async (options: AppOptions) => {
  const { origin } = options
  const config = await register(options)
  const sessions = createSessions()
  const app = express()

  app.get('/', (request, response) => {
    response.send(page(sessions.of(request).signedIn))
  })

  app.get('/login', async (request, response) => {
    const codeVerifier = client.randomPKCECodeVerifier()
    const underWay = { codeVerifier, state: client.randomState(), nonce: client.randomNonce() }
    sessions.begin(request, response, { underWay })
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: `${origin}/callback`,
      scope,
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      state: underWay.state,
      nonce: underWay.nonce,
    })
    response.redirect(303, url.href)
  })

  app.get('/callback', async (request, response) => {
    const { underWay } = sessions.of(request)
    if (underWay === undefined) return response.redirect(303, '/')
    const tokens = await client.authorizationCodeGrant(config, new URL(request.originalUrl, origin), {
      pkceCodeVerifier: underWay.codeVerifier,
      expectedState: underWay.state,
      expectedNonce: underWay.nonce,
      idTokenExpected: true,
    })
    const user = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')
    sessions.begin(request, response, {
      signedIn: {
        name: user.name ?? '',
        email: user.email ?? '',
        idToken: tokens.id_token ?? '',
        accessToken: tokens.access_token,
        refreshToken: tokens.refresh_token,
        renewals: 0,
      },
    })
    return response.redirect(303, '/')
  })

  app.post('/refresh', async (request, response) => {
    const { signedIn } = sessions.of(request)
    if (signedIn?.refreshToken === undefined) return response.redirect(303, '/')
    const tokens = await client.refreshTokenGrant(config, signedIn.refreshToken)
    sessions.update(request, {
      signedIn: {
        ...signedIn,
        accessToken: tokens.access_token,
        refreshToken: tokens.refresh_token ?? signedIn.refreshToken,
        renewals: signedIn.renewals + 1,
      },
    })
    return response.redirect(303, '/')
  })

  // Out of this app and out of Latchkey; the ID token says whose session is meant.
  app.post('/logout', (request, response) => {
    const { signedIn } = sessions.of(request)
    sessions.end(request, response)
    if (signedIn === undefined) return response.redirect(303, '/')
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: signedIn.idToken,
      post_logout_redirect_uri: `${origin}/`,
    })
    return response.redirect(303, url.href)
  })

  // The user said no, their session has ended elsewhere, or an answer belongs to another sign-in.
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    const code = refusalOf(error)
    if (code === undefined) return next(error)
    sessions.end(request, response)
    response.status(400).send(page(undefined, `This did not work (${code}). Please sign in again.`))
  })

  return app
}
