/**
 * What follows from several members of a client together, and what each address must be. The list at the end is the
 * order in which faults are told; the schema (client-metadata.ts) has checked types and lengths before.
 *
 * @see draft OAuth 2.1 §2, RFC 7591 §2, RFC 8252, OpenID Connect Registration §2
 */
import type { Client, ClientMetadata, GrantType } from './client.ts'
import { publicKeyFault } from './client-key-rules.ts'
import { originFault, redirectUriFault, resourceFault, webUrlFault } from './client-uri-rules.ts'
import { firstPartyClientId } from './grant.ts'
import { isAdminScope } from './scope.ts'

/** What somebody has decided about a client; its id and its secrets are not theirs to decide. */
export type ClientDraft = Pick<Client, 'name' | 'type' | 'origin' | 'metadata'>

export interface ClientFault {
  /** Of client-metadata.ts's document: `redirect_uris.0`. */
  readonly field: string
  readonly message: string
  readonly code: 'invalid_value' | 'inconsistent' | 'not_allowed' | 'required' | 'unknown_scope'
}

type Rule = (draft: ClientDraft, knownScopes: ReadonlySet<string>) => readonly ClientFault[]

const when = (isWrong: boolean, field: string, message: string, code: ClientFault['code']) =>
  isWrong ? [{ field, message, code }] : []

const each = (field: string, values: readonly string[], faultOf: (text: string) => string | undefined) =>
  values.flatMap((value, index): ClientFault[] => {
    const message = faultOf(value)
    return message === undefined ? [] : [{ field: `${field}.${index}`, message, code: 'invalid_value' }]
  })

const one = (field: string, value: string | undefined, faultOf: (text: string) => string | undefined) =>
  (value === undefined ? [] : each(field, [value], faultOf)).map(fault => ({ ...fault, field }))

const has = ({ grantTypes }: ClientMetadata, ...wanted: readonly GrantType[]): boolean =>
  wanted.some(grantType => grantTypes.includes(grantType))

const userGrants = ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'] as const

const maxNameLength = 100

// Control characters, line breaks of Unicode, and what turns the direction of text: a name is shown to users.
const unprintable = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

const nameRule: Rule = ({ name }) => [
  ...when(
    name.trim() !== name || name === '',
    'name',
    'must not be empty or begin or end with space',
    'invalid_value',
  ),
  ...when(
    name.length > maxNameLength,
    'name',
    `must have at most ${maxNameLength} characters`,
    'invalid_value',
  ),
  ...when(unprintable.test(name), 'name', 'must not hold control characters', 'invalid_value'),
]

const addressRule: Rule = ({ metadata }) => [
  ...each('redirect_uris', metadata.redirectUris, redirectUriFault),
  ...each('post_logout_redirect_uris', metadata.postLogoutRedirectUris, redirectUriFault),
  ...each('cors_origins', metadata.corsOrigins, originFault),
  ...each('resources', metadata.resources, resourceFault),
  ...one('jwks_uri', metadata.jwksUri, webUrlFault),
  ...one('backchannel_logout_uri', metadata.backchannelLogoutUri, webUrlFault),
  ...one('frontchannel_logout_uri', metadata.frontchannelLogoutUri, webUrlFault),
  ...one('initiate_login_uri', metadata.initiateLoginUri, webUrlFault),
  ...one('logo_uri', metadata.logoUri, webUrlFault),
  ...one('client_uri', metadata.clientUri, webUrlFault),
  ...one('policy_uri', metadata.policyUri, webUrlFault),
  ...one('tos_uri', metadata.tosUri, webUrlFault),
]

const originOf = (uri: string): string | undefined => (URL.canParse(uri) ? new URL(uri).origin : undefined)

/** Else a client could have the pages of others loaded with a user's cookies. @see Front-Channel Logout 1.0 §2 */
const frontchannelRule: Rule = ({ metadata: { frontchannelLogoutUri: uri, redirectUris } }) =>
  when(
    uri !== undefined && !redirectUris.some(each => originOf(each) === originOf(uri)),
    'frontchannel_logout_uri',
    'must have scheme, host and port of a registered redirect URI',
    'inconsistent',
  )

const contactsRule: Rule = ({ metadata }) =>
  each('contacts', metadata.contacts, text =>
    unprintable.test(text) ? 'must not hold control characters' : undefined,
  )

/** A public client is one that can keep no secret, so it has none. */
const authenticationRule: Rule = ({ type, metadata }) =>
  when(
    (type === 'public') !== (metadata.tokenEndpointAuthMethod === 'none'),
    'token_endpoint_auth_method',
    type === 'public' ? 'must be none for a public client' : 'must not be none for a confidential client',
    'inconsistent',
  )

const keysRule: Rule = ({ metadata }) => {
  const { jwks, jwksUri, tokenEndpointAuthMethod, requireSignedRequestObject } = metadata
  const isNeeded = tokenEndpointAuthMethod === 'private_key_jwt' || requireSignedRequestObject
  const isMissing = jwksUri === undefined && (jwks === undefined || jwks.keys.length === 0)
  return [
    ...when(
      jwks !== undefined && jwksUri !== undefined,
      'jwks_uri',
      'must not come beside jwks',
      'inconsistent',
    ),
    ...when(
      isNeeded && isMissing,
      'jwks',
      'or jwks_uri must hold the keys that this client signs with',
      'required',
    ),
    ...(jwks?.keys ?? []).flatMap((key, index) =>
      one(`jwks.keys.${index}`, '', () => publicKeyFault({ ...key })),
    ),
  ]
}

const grantsRule: Rule = ({ type, metadata }) => [
  ...when(metadata.grantTypes.length === 0, 'grant_types', 'must name at least one', 'required'),
  ...when(
    has(metadata, 'authorization_code') && metadata.redirectUris.length === 0,
    'redirect_uris',
    'must hold at least one URI for the authorization code grant',
    'required',
  ),
  ...when(
    has(metadata, 'authorization_code') && metadata.responseModes.length === 0,
    'response_modes',
    'must name at least one',
    'required',
  ),
  ...when(
    has(metadata, 'refresh_token') && !has(metadata, ...userGrants),
    'grant_types',
    'must hold a grant that gives refresh tokens: authorization_code or device_code',
    'inconsistent',
  ),
  ...when(
    type === 'public' &&
      has(metadata, 'client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'),
    'grant_types',
    'client_credentials and token-exchange are for confidential clients',
    'not_allowed',
  ),
]

const scopesRule: Rule = ({ origin, metadata }, knownScopes) => {
  const isMachine = metadata.grantTypes.every(grantType => grantType === 'client_credentials')
  return metadata.scopes.flatMap(scope => [
    ...when(!knownScopes.has(scope), 'scope', `${scope} does not exist`, 'unknown_scope'),
    ...when(
      isAdminScope(scope) && (origin !== 'operator' || !isMachine),
      'scope',
      `${scope} is for clients of operators whose only grant is client_credentials`,
      'not_allowed',
    ),
  ])
}

/** The waiver that an operator may give to an application which protects its code by `nonce`. @see draft OAuth 2.1 §7.6 */
const pkceRule: Rule = ({ type, origin, metadata }) =>
  when(
    !metadata.requirePkce &&
      (origin !== 'operator' || type !== 'confidential' || !metadata.scopes.includes('openid')),
    'require_pkce',
    'may be false for a confidential OpenID Connect client of an operator only',
    'not_allowed',
  )

const consentRule: Rule = ({ origin, metadata }) =>
  when(
    origin !== 'operator' && !metadata.requireConsent,
    'require_consent',
    'may be false for a client of an operator only',
    'not_allowed',
  )

const rules: readonly Rule[] = [
  nameRule,
  addressRule,
  frontchannelRule,
  contactsRule,
  authenticationRule,
  keysRule,
  grantsRule,
  scopesRule,
  pkceRule,
  consentRule,
]

/** Everything that is wrong with a client; empty where it may be. */
export const clientFaults: Rule = (draft, knownScopes) => rules.flatMap(rule => rule(draft, knownScopes))

/** An id that an operator chooses: unreserved characters alone, so that it is the same in every encoding. */
export const clientIdFault = (id: string): string | undefined => {
  if (id === firstPartyClientId) return 'is the name of the first-party API'
  return /^[\w.~-]{1,128}$/.test(id) ? undefined : 'must be 1 to 128 letters, digits and characters of -._~'
}
