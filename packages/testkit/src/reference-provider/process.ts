/**
 * The certified `oidc-provider` with its in-memory store, set up to do what ours does: signed JWT access tokens, rotation.
 * It asks nobody for a password or for consent. Says its port to its parent; nothing that it holds outlives it.
 */
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ClientMetadata, type JWK, Provider } from 'oidc-provider'
import { referenceClients } from './clients.ts'

const resource = 'urn:reference'

const jwk = (type: 'ec' | 'rsa', alg: string): JWK => {
  const { privateKey } =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2_048 })
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig' } as JWK
}

const { machine, introspector, app, web, signer } = referenceClients
const [, , signerKey] = process.argv

const codeFlow = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code' as const] }

const clients: ClientMetadata[] = [
  ...[machine, introspector].map(({ id, secret }) => ({
    client_id: id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  })),
  {
    ...codeFlow,
    client_id: app.id,
    token_endpoint_auth_method: 'none',
    redirect_uris: [app.redirectUri],
  },
  {
    ...codeFlow,
    client_id: web.id,
    client_secret: web.secret,
    redirect_uris: [web.redirectUri],
  },
  ...(signerKey === undefined
    ? []
    : [
        {
          ...codeFlow,
          client_id: signer.id,
          token_endpoint_auth_method: 'private_key_jwt' as const,
          redirect_uris: [signer.redirectUri],
          jwks: { keys: [JSON.parse(signerKey)] },
        },
      ]),
]

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients,
    jwks: { keys: [jwk('ec', 'ES256'), jwk('rsa', 'RS256')] },
    cookies: { keys: ['reference'] },
    responseTypes: ['code'],
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        // It does not introspect its own JWTs: the client that introspects gets tokens that it keeps.
        getResourceServerInfo: (_ctx, _indicator, client) => ({
          scope: '',
          ...(client.clientId === introspector.id
            ? { accessTokenFormat: 'opaque' as const }
            : { accessTokenFormat: 'jwt' as const, jwt: { sign: { alg: 'ES256' as const } } }),
        }),
      },
    },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: async ctx => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client?.clientId ?? '',
        accountId: ctx.oidc.session?.accountId ?? '',
      })
      grant.addOIDCScope('openid')
      grant.addResourceScope(resource, '')
      await grant.save()
      return grant
    },
  })
  const handle = provider.callback()
  server.on('request', (req, res) => {
    if (req.url?.startsWith('/interaction/')) {
      void provider.interactionFinished(req, res, { login: { accountId: 'somebody' } })
    } else {
      void handle(req, res)
    }
  })
  process.send?.(port)
})
process.on('disconnect', () => process.exit())
