/** The grants of a public client of the suite, as `oauth4webapi` asks for them and checks them. */
import * as oauth from 'oauth4webapi'
import { authorize, callbackUri, discover, insecure, makeClient } from './oauth-client.ts'
import type { Person } from './person.ts'
import type { Suite } from './suite.ts'

/** @param scope that the client may ask for */
export const createPublicClientGrants = async (suite: Suite, person: Person, scope: string) => {
  const server = await discover(suite)
  const app: oauth.Client = await makeClient(suite, {
    client_type: 'public',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    scope,
  })

  /** A code, to be redeemed as often as one likes, and what the library makes of an answer. */
  const signIn = async (
    parameters: Record<string, string> = {},
    options: oauth.TokenEndpointRequestOptions = {},
    browser?: Parameters<typeof authorize>[5],
  ) => {
    const { callback, codeVerifier, nonce } = await authorize(suite, server, app, person, parameters, browser)
    const redeem = () =>
      oauth.authorizationCodeGrantRequest(server, app, oauth.None(), callback, callbackUri, codeVerifier, {
        ...insecure,
        ...options,
      })
    const read = async (response: Response) => {
      const tokens = await oauth.processAuthorizationCodeResponse(server, app, response, {
        expectedNonce: nonce,
        requireIdToken: true,
      })
      await oauth.validateApplicationLevelSignature(server, response, insecure)
      return tokens
    }
    return { redeem, read }
  }

  const refresh = async (refreshToken: string, options: oauth.TokenEndpointRequestOptions = {}) => {
    const response = await oauth.refreshTokenGrantRequest(server, app, oauth.None(), refreshToken, {
      ...insecure,
      ...options,
    })
    return oauth.processRefreshTokenResponse(server, app, response)
  }

  const userinfoStatus = async (accessToken: string) =>
    (await oauth.userInfoRequest(server, app, accessToken, insecure).catch(({ response }) => response)).status

  return { server, app, signIn, refresh, userinfoStatus }
}

export type PublicClientGrants = Awaited<ReturnType<typeof createPublicClientGrants>>
