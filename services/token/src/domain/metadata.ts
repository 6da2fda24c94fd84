/**
 * What the installation says about itself to OAuth and OpenID Connect clients: what exists, and nothing more (ADR 5).
 * Members that the standards require stay even where they are empty; endpoints that do not exist are left out.
 */
import { clientSignatureAlgorithms, prompts } from '@latchkey/oauth'
import { supportedAcrs } from './acr.ts'
import { organizationScope } from './authority.ts'
import { responseAlgorithms } from './client.ts'
import { namesOfScope } from './subject-claims.ts'

/** What ID tokens say by themselves. */
const idTokenClaimNames = [
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'nonce',
  'acr',
  'amr',
  'sid',
  'at_hash',
]

const organizationClaimNames = ['org_id', 'org_name', 'org_roles', 'org_permissions']

/** Those that come with Latchkey; an installation's own are its clients' affair. */
export const standardScopes: readonly string[] = [
  'openid',
  'profile',
  'email',
  'roles',
  'organization',
  'offline_access',
]

const authMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']

/**
 * One document for either kind of client: OAuth's registry has what OpenID Connect adds, and who reads the one of OAuth
 * alone has users step up (RFC 9470 §7) and sign out, too.
 * @see RFC 8414 §2, OpenID Connect Discovery 1.0 §3
 */
export const createMetadata = (
  publicUrl: string,
  { hasRegistration, scopes }: { readonly hasRegistration: boolean; readonly scopes: readonly string[] },
) => ({
  issuer: publicUrl,
  jwks_uri: `${publicUrl}/.well-known/jwks.json`,
  device_authorization_endpoint: `${publicUrl}/oauth/device_authorization`,
  token_endpoint: `${publicUrl}/oauth/token`,
  ...(hasRegistration ? { registration_endpoint: `${publicUrl}/oauth/register` } : {}),
  token_endpoint_auth_methods_supported: authMethods,
  token_endpoint_auth_signing_alg_values_supported: [...clientSignatureAlgorithms],
  dpop_signing_alg_values_supported: [...clientSignatureAlgorithms],
  authorization_endpoint: `${publicUrl}/oauth/authorize`,
  scopes_supported: scopes,
  response_types_supported: ['code'],
  response_modes_supported: ['query', 'form_post'],
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
  pushed_authorization_request_endpoint: `${publicUrl}/oauth/par`,
  require_pushed_authorization_requests: false,
  request_parameter_supported: true,
  // Of other addresses than /oauth/par's; left out, it would say true.
  request_uri_parameter_supported: false,
  require_signed_request_object: false,
  request_object_signing_alg_values_supported: [...clientSignatureAlgorithms],
  // Left out, it would say "authorization_code and implicit" (RFC 8414 §2).
  grant_types_supported: [
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:device_code',
    'urn:ietf:params:oauth:grant-type:token-exchange',
  ],
  introspection_endpoint: `${publicUrl}/oauth/introspect`,
  // Left out, it would say client_secret_basic alone; public clients may not ask.
  introspection_endpoint_auth_methods_supported: authMethods.filter(method => method !== 'none'),
  revocation_endpoint: `${publicUrl}/oauth/revoke`,
  revocation_endpoint_auth_methods_supported: authMethods,
  revocation_endpoint_auth_signing_alg_values_supported: [...clientSignatureAlgorithms],
  introspection_endpoint_auth_signing_alg_values_supported: [...clientSignatureAlgorithms],
  introspection_signing_alg_values_supported: [...responseAlgorithms],
  end_session_endpoint: `${publicUrl}/oauth/logout`,
  backchannel_logout_supported: true,
  backchannel_logout_session_supported: true,
  frontchannel_logout_supported: true,
  frontchannel_logout_session_supported: true,
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: [...responseAlgorithms],
  userinfo_endpoint: `${publicUrl}/oauth/userinfo`,
  userinfo_signing_alg_values_supported: [...responseAlgorithms],
  claim_types_supported: ['normal'],
  claims_supported: [
    ...idTokenClaimNames,
    ...(scopes.includes(organizationScope) ? organizationClaimNames : []),
    ...namesOfScope(scopes.join(' ')),
  ],
  claims_parameter_supported: true,
  acr_values_supported: [...supportedAcrs],
  prompt_values_supported: [...prompts],
  ui_locales_supported: ['en', 'de', 'fr'],
})

/**
 * Where a metadata document is found: at the root, and, where the issuer has a path, after the path (Discovery §4) and
 * with the path after it (RFC 8414 §3.1).
 */
export const metadataPaths = (publicUrl: string, document: string): string[] => {
  const root = `/.well-known/${document}`
  const issuerPath = new URL(publicUrl).pathname.replace(/\/$/, '')
  return issuerPath === '' ? [root] : [root, `${issuerPath}${root}`, `${root}${issuerPath}`]
}
