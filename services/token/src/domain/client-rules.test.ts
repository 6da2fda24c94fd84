import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import type { ClientMetadata } from './client.ts'
import { clientMetadataSchema, fromDocument } from './client-metadata.ts'
import { type ClientDraft, clientFaults, clientIdFault } from './client-rules.ts'

const scopes = new Set(['openid', 'profile', 'admin:users:read'])

const metadata = (members: Record<string, unknown>): ClientMetadata =>
  fromDocument(
    clientMetadataSchema.parse({
      redirect_uris: ['https://app.example.com/callback'],
      scope: 'openid',
      ...members,
    }),
  )

const aClient = (members: Record<string, unknown> = {}, draft: Partial<ClientDraft> = {}): ClientDraft => ({
  name: 'An application',
  type: 'confidential',
  origin: 'operator',
  metadata: metadata(members),
  ...draft,
})

const aPublicClient = (members: Record<string, unknown> = {}): ClientDraft =>
  aClient({ token_endpoint_auth_method: 'none', ...members }, { type: 'public' })

const fields = (draft: ClientDraft) =>
  clientFaults(draft, scopes).map(({ field, code }) => `${field}: ${code}`)

const jwkOf = (type: 'public' | 'private', modulusLength = 2048) => {
  const pair = generateKeyPairSync('rsa', { modulusLength })
  return (type === 'public' ? pair.publicKey : pair.privateKey).export({ format: 'jwk' })
}

const machine = { redirect_uris: [], grant_types: ['client_credentials'] }

describe('what a client may be', () => {
  it.each([
    ['a confidential one', aClient()],
    ['a public one', aPublicClient()],
    ['a machine', aClient({ ...machine, scope: '' })],
    ['a machine of an operator with admin scopes', aClient({ ...machine, scope: 'admin:users:read' })],
    [
      'one that signs its assertions',
      aClient({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwkOf('public')] } }),
    ],
    [
      'one whose keys are elsewhere',
      aClient({ token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://app.example.com/jwks' }),
    ],
    ['an OpenID Connect client without PKCE, by its operator', aClient({ require_pkce: false })],
    ['one that never asks its users, by its operator', aClient({ require_consent: false })],
    [
      'a device',
      aPublicClient({
        redirect_uris: [],
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      }),
    ],
    ['one with a name in another script', aClient({}, { name: 'Приложение 应用 👩‍💻' })],
  ])('%s', (_, draft) => expect(fields(draft)).toEqual([]))
})

describe('what it may not be', () => {
  it.each<[string, ClientDraft, string]>([
    ['nameless', aClient({}, { name: '' }), 'name: invalid_value'],
    ['named with control characters', aClient({}, { name: 'App\u001b[2J' }), 'name: invalid_value'],
    ['named backwards', aClient({}, { name: 'App \u202egnitekram' }), 'name: invalid_value'],
    ['named at length', aClient({}, { name: 'x'.repeat(101) }), 'name: invalid_value'],
    ['public with a secret', aClient({}, { type: 'public' }), 'token_endpoint_auth_method: inconsistent'],
    [
      'confidential without authentication',
      aClient({ token_endpoint_auth_method: 'none' }),
      'token_endpoint_auth_method: inconsistent',
    ],
    ['signing without a key', aClient({ token_endpoint_auth_method: 'private_key_jwt' }), 'jwks: required'],
    [
      'bound to signed requests without a key',
      aClient({ require_signed_request_object: true }),
      'jwks: required',
    ],
    [
      'with keys in two places',
      aClient({ jwks: { keys: [jwkOf('public')] }, jwks_uri: 'https://app.example.com/jwks' }),
      'jwks_uri: inconsistent',
    ],
    ['with a private key', aClient({ jwks: { keys: [jwkOf('private')] } }), 'jwks.keys.0: invalid_value'],
    [
      'with a shared key',
      aClient({ jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }),
      'jwks.keys.0: invalid_value',
    ],
    ['with a short key', aClient({ jwks: { keys: [jwkOf('public', 1024)] } }), 'jwks.keys.0: invalid_value'],
    ['with no key at all', aClient({ jwks: { keys: [{ kty: 'RSA' }] } }), 'jwks.keys.0: invalid_value'],
    ['without a grant', aClient({ grant_types: [] }), 'grant_types: required'],
    ['without a redirect URI for its codes', aClient({ redirect_uris: [] }), 'redirect_uris: required'],
    ['without a response mode', aClient({ response_modes: [] }), 'response_modes: required'],
    [
      'refreshing what it never gets',
      aClient({ grant_types: ['refresh_token', 'client_credentials'] }),
      'grant_types: inconsistent',
    ],
    ['a public machine', aPublicClient({ grant_types: ['client_credentials'] }), 'grant_types: not_allowed'],
    [
      'a public exchanger',
      aPublicClient({
        grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      }),
      'grant_types: not_allowed',
    ],
    ['with a scope that does not exist', aClient({ scope: 'openid missing-scope' }), 'scope: unknown_scope'],
    ['with admin scopes and users', aClient({ scope: 'admin:users:read' }), 'scope: not_allowed'],
    [
      'registered with admin scopes',
      aClient({ ...machine, scope: 'admin:users:read' }, { origin: 'registration' }),
      'scope: not_allowed',
    ],
    [
      'registered without PKCE',
      aClient({ require_pkce: false }, { origin: 'registration' }),
      'require_pkce: not_allowed',
    ],
    [
      'without PKCE and openid',
      aClient({ require_pkce: false, scope: 'profile' }),
      'require_pkce: not_allowed',
    ],
    ['public without PKCE', aPublicClient({ require_pkce: false }), 'require_pkce: not_allowed'],
    [
      'registered without consent',
      aClient({ require_consent: false }, { origin: 'registration' }),
      'require_consent: not_allowed',
    ],
    [
      'sent to a script',
      aClient({ redirect_uris: ['https://app.example.com/', 'javascript:alert(1)'] }),
      'redirect_uris.1: invalid_value',
    ],
    [
      'logged out to a script',
      aClient({ post_logout_redirect_uris: ['javascript:alert(1)'] }),
      'post_logout_redirect_uris.0: invalid_value',
    ],
    [
      'with a logo that is data',
      aClient({ logo_uri: 'data:image/png;base64,AA' }),
      'logo_uri: invalid_value',
    ],
    [
      'with a page that is a script',
      aClient({ policy_uri: 'javascript:alert(1)' }),
      'policy_uri: invalid_value',
    ],
    [
      'with keys in the clear',
      aClient({ jwks_uri: 'http://app.example.com/jwks' }),
      'jwks_uri: invalid_value',
    ],
    ['called from everywhere', aClient({ cors_origins: ['*'] }), 'cors_origins.0: invalid_value'],
  ])('%s', (_, draft, fault) => expect(fields(draft)).toEqual([fault]))

  it('tells everything at once', () => {
    const draft = aClient({ redirect_uris: ['/x', 'https://a.example/#b'], scope: 'nothing' }, { name: ' ' })
    expect(fields(draft)).toEqual([
      'name: invalid_value',
      'redirect_uris.0: invalid_value',
      'redirect_uris.1: invalid_value',
      'scope: unknown_scope',
    ])
  })
})

describe('an id that an operator chooses', () => {
  it.each(['demo', 'a', '0190f0e0-7b1c', 'app.example.com~1_2'])('may be %s', id =>
    expect(clientIdFault(id)).toBeUndefined(),
  )
  it.each(['latchkey', '', 'a b', 'a:b', 'a/b', 'ä', 'x'.repeat(129)])('may not be %j', id =>
    expect(clientIdFault(id)).toBeDefined(),
  )
})
