/**
 * A client's metadata in the words of RFC 7591 §2, OpenID Connect Registration §2 and our extensions of them: how it is
 * registered, shown to operators, and stored. What follows from several members together is checked in
 * client-rules.ts.
 */
import { clientSignatureAlgorithms } from '@latchkey/oauth'
import { z } from 'zod'
import {
  type ClientMetadata,
  clientAuthMethods,
  grantTypes,
  responseAlgorithms,
  responseModes,
} from './client.ts'

const text = z.string().min(1, 'must not be empty').max(2_048, 'is too long')
const texts = z.array(text).max(100, 'has too many entries')
const seconds = (max: number) =>
  z.int('must be a whole number of seconds').min(1, 'must be positive').max(max, `must be at most ${max}`)

export const clientMetadataSchema = z.object({
  redirect_uris: texts.default([]),
  post_logout_redirect_uris: texts.default([]),
  grant_types: z.array(z.enum(grantTypes)).default(['authorization_code']),
  response_modes: z.array(z.enum(responseModes)).default([...responseModes]),
  token_endpoint_auth_method: z.enum(clientAuthMethods).optional(),
  token_endpoint_auth_signing_alg: z.enum(clientSignatureAlgorithms).optional(),
  /** Space-separated (RFC 7591 §2). */
  scope: z.string().max(4_096, 'is too long').default(''),
  resources: texts.default([]),
  jwks: z
    .object({ keys: z.array(z.record(z.string(), z.unknown())).max(20, 'has too many keys') })
    .optional(),
  jwks_uri: text.optional(),
  id_token_signed_response_alg: z.enum(responseAlgorithms).default('RS256'),
  userinfo_signed_response_alg: z.enum(responseAlgorithms).optional(),
  introspection_signed_response_alg: z.enum(responseAlgorithms).optional(),
  require_pkce: z.boolean().default(true),
  require_pushed_authorization_requests: z.boolean().default(false),
  require_signed_request_object: z.boolean().default(false),
  request_object_signing_alg: z.enum(clientSignatureAlgorithms).optional(),
  dpop_bound_access_tokens: z.boolean().default(false),
  require_consent: z.boolean().default(true),
  require_mfa: z.boolean().default(false),
  backchannel_logout_uri: text.optional(),
  backchannel_logout_session_required: z.boolean().default(false),
  frontchannel_logout_uri: text.optional(),
  frontchannel_logout_session_required: z.boolean().default(false),
  cors_origins: texts.default([]),
  access_token_ttl_seconds: seconds(86_400).optional(),
  refresh_token_ttl_seconds: seconds(31_536_000).optional(),
  default_max_age: z.int().min(0, 'must not be negative').optional(),
  require_auth_time: z.boolean().default(false),
  initiate_login_uri: text.optional(),
  logo_uri: text.optional(),
  client_uri: text.optional(),
  policy_uri: text.optional(),
  tos_uri: text.optional(),
  contacts: texts.default([]),
})

export type ClientMetadataDocument = z.output<typeof clientMetadataSchema>

/** Members whose value is undefined are as good as absent, and absent is what callers test for. */
const present = <Members extends object>(members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Members

export const fromDocument = (document: ClientMetadataDocument): ClientMetadata =>
  present({
    redirectUris: document.redirect_uris,
    postLogoutRedirectUris: document.post_logout_redirect_uris,
    grantTypes: document.grant_types,
    responseModes: document.response_modes,
    tokenEndpointAuthMethod: document.token_endpoint_auth_method,
    tokenEndpointAuthSigningAlg: document.token_endpoint_auth_signing_alg,
    scopes: document.scope.split(' ').filter(scope => scope !== ''),
    resources: document.resources,
    jwks: document.jwks,
    jwksUri: document.jwks_uri,
    idTokenSignedResponseAlg: document.id_token_signed_response_alg,
    userinfoSignedResponseAlg: document.userinfo_signed_response_alg,
    introspectionSignedResponseAlg: document.introspection_signed_response_alg,
    requirePkce: document.require_pkce,
    requirePushedAuthorizationRequests: document.require_pushed_authorization_requests,
    requireSignedRequestObject: document.require_signed_request_object,
    requestObjectSigningAlg: document.request_object_signing_alg,
    dpopBoundAccessTokens: document.dpop_bound_access_tokens,
    requireConsent: document.require_consent,
    requireMfa: document.require_mfa,
    backchannelLogoutUri: document.backchannel_logout_uri,
    backchannelLogoutSessionRequired: document.backchannel_logout_session_required,
    frontchannelLogoutUri: document.frontchannel_logout_uri,
    frontchannelLogoutSessionRequired: document.frontchannel_logout_session_required,
    corsOrigins: document.cors_origins,
    accessTokenTtlSeconds: document.access_token_ttl_seconds,
    refreshTokenTtlSeconds: document.refresh_token_ttl_seconds,
    defaultMaxAgeSeconds: document.default_max_age,
    requireAuthTime: document.require_auth_time,
    initiateLoginUri: document.initiate_login_uri,
    logoUri: document.logo_uri,
    clientUri: document.client_uri,
    policyUri: document.policy_uri,
    tosUri: document.tos_uri,
    contacts: document.contacts,
  } as ClientMetadata)

/** The other way round: what is stored and shown. */
export const toDocument = (metadata: ClientMetadata): ClientMetadataDocument =>
  present({
    redirect_uris: [...metadata.redirectUris],
    post_logout_redirect_uris: [...metadata.postLogoutRedirectUris],
    grant_types: [...metadata.grantTypes],
    response_modes: [...metadata.responseModes],
    token_endpoint_auth_method: metadata.tokenEndpointAuthMethod,
    token_endpoint_auth_signing_alg: metadata.tokenEndpointAuthSigningAlg,
    scope: metadata.scopes.join(' '),
    resources: [...metadata.resources],
    jwks: metadata.jwks as ClientMetadataDocument['jwks'],
    jwks_uri: metadata.jwksUri,
    id_token_signed_response_alg: metadata.idTokenSignedResponseAlg,
    userinfo_signed_response_alg: metadata.userinfoSignedResponseAlg,
    introspection_signed_response_alg: metadata.introspectionSignedResponseAlg,
    require_pkce: metadata.requirePkce,
    require_pushed_authorization_requests: metadata.requirePushedAuthorizationRequests,
    require_signed_request_object: metadata.requireSignedRequestObject,
    request_object_signing_alg: metadata.requestObjectSigningAlg,
    dpop_bound_access_tokens: metadata.dpopBoundAccessTokens,
    require_consent: metadata.requireConsent,
    require_mfa: metadata.requireMfa,
    backchannel_logout_uri: metadata.backchannelLogoutUri,
    backchannel_logout_session_required: metadata.backchannelLogoutSessionRequired,
    frontchannel_logout_uri: metadata.frontchannelLogoutUri,
    frontchannel_logout_session_required: metadata.frontchannelLogoutSessionRequired,
    cors_origins: [...metadata.corsOrigins],
    access_token_ttl_seconds: metadata.accessTokenTtlSeconds,
    refresh_token_ttl_seconds: metadata.refreshTokenTtlSeconds,
    default_max_age: metadata.defaultMaxAgeSeconds,
    require_auth_time: metadata.requireAuthTime,
    initiate_login_uri: metadata.initiateLoginUri,
    logo_uri: metadata.logoUri,
    client_uri: metadata.clientUri,
    policy_uri: metadata.policyUri,
    tos_uri: metadata.tosUri,
    contacts: [...metadata.contacts],
  })

type MetadataShape = typeof clientMetadataSchema.shape

/** Some members of a document: what is given counts, null takes a member back to its default, the rest stays. */
export type ClientMetadataPatch = {
  readonly [Member in keyof MetadataShape]?: z.output<MetadataShape[Member]> | null | undefined
}

const withoutDefault = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodDefault ? (schema.removeDefault() as z.ZodType) : schema

/** The same checks of each member, none of which need be there. To be spread into the schema of a request. */
export const clientMetadataPatchShape: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  Object.entries(clientMetadataSchema.shape).map(([name, schema]) => [
    name,
    withoutDefault(schema).nullish(),
  ]),
)

/** What a patch makes of a document; of an empty one, a new document. */
export const patchDocument = (
  document: Partial<ClientMetadataDocument>,
  patch: ClientMetadataPatch,
): ClientMetadataDocument =>
  clientMetadataSchema.parse(
    Object.fromEntries(
      Object.entries({ ...document, ...present(patch) }).filter(([, value]) => value !== null),
    ),
  )
