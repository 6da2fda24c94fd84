/** Gets tokens for itself (client credentials) and calls the resource server: as a bearer, and bound to a key. */
import * as client from 'openid-client'

export interface CallOptions {
  issuer: URL
  /** The resource server. */
  api: URL
}

/** A real program has an id and a secret from its operator; this one registers itself. */
const register = ({ issuer }: CallOptions) =>
  client.dynamicClientRegistration(
    issuer,
    {
      client_name: 'Example machine client',
      grant_types: ['client_credentials'],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_basic',
    },
    client.ClientSecretBasic(),
    // Only for Latchkey on this machine; everything else is https.
    { execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [] },
  )

const get = async (
  config: client.Configuration,
  token: string,
  url: URL,
  options?: client.DPoPOptions,
): Promise<unknown> => {
  const response = await client.fetchProtectedResource(
    config,
    token,
    url,
    'GET',
    null,
    new Headers(),
    options,
  )
  if (!response.ok) throw new Error(`${url} was answered with status ${response.status}`)
  return response.json()
}

export const callApi = async (options: CallOptions) => {
  const config = await register(options)
  // The token is for this API and no other (RFC 8707).
  const resource = options.api.origin

  const bearer = await client.clientCredentialsGrant(config, { resource })
  const orders = await get(config, bearer.access_token, new URL('/orders', options.api))

  // With DPoP the token is worth nothing without the key, which never leaves this process (RFC 9449).
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair())
  const bound = await client.clientCredentialsGrant(config, { resource }, { DPoP })
  const payments = await get(config, bound.access_token, new URL('/payments', options.api), { DPoP })

  return { orders, payments }
}
