/** Signs the user of a terminal in (RFC 8628): they confirm a code in any browser, here or on their phone. */
import * as client from 'openid-client'

export interface SignInOptions {
  issuer: URL
  say: (line: string) => void
}

/** A real app has an id that its operator registered; this one registers itself. It has no secret: users could read it. */
const register = (issuer: URL) =>
  client.dynamicClientRegistration(
    issuer,
    {
      client_name: 'Example command',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      response_types: [],
      token_endpoint_auth_method: 'none',
      scope: 'openid profile email',
    },
    client.None(),
    // Only for Latchkey on this machine; everything else is https.
    { execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [] },
  )

export const signIn = async ({ issuer, say }: SignInOptions) => {
  const config = await register(issuer)
  const device = await client.initiateDeviceAuthorization(config, { scope: 'openid profile email' })
  say(`Open ${device.verification_uri_complete ?? device.verification_uri}`)
  say(`and confirm the code ${device.user_code}. Waiting …`)

  const tokens = await client.pollDeviceAuthorizationGrant(config, device)
  const { sub } = tokens.claims() ?? {}
  if (sub === undefined) throw new Error('There is no ID token')
  return client.fetchUserInfo(config, tokens.access_token, sub)
}
