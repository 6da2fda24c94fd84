/** An OAuth client, as the endpoints see it. How it is written in requests and in the table is client-metadata.ts's. */
import type { ClientSignatureAlgorithm } from '@latchkey/oauth'
import type { JSONWebKeySet } from 'jose'
import type { ClientId } from './ids.ts'

export const grantTypes = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
] as const
export type GrantType = (typeof grantTypes)[number]

/** @see OpenID Connect Core §9, RFC 7591 §2 */
export const clientAuthMethods = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'none',
] as const
export type ClientAuthMethod = (typeof clientAuthMethods)[number]

export const responseModes = ['query', 'form_post'] as const
export type ResponseMode = (typeof responseModes)[number]

/** What ID tokens, UserInfo and introspection answers can be signed with. */
export const responseAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const
export type ResponseAlgorithm = (typeof responseAlgorithms)[number]

export interface ClientMetadata {
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  readonly grantTypes: readonly GrantType[]
  readonly responseModes: readonly ResponseMode[]
  /** The one method that it authenticates by. Undefined: its secret, in the header or in the body as its library likes. */
  readonly tokenEndpointAuthMethod?: ClientAuthMethod
  /** The one algorithm of its assertions. Undefined: any that is supported, or that its key names. */
  readonly tokenEndpointAuthSigningAlg?: ClientSignatureAlgorithm
  /** Scopes that it may ask for. */
  readonly scopes: readonly string[]
  /** RFC 8707 resources that it may ask for; empty: any absolute URI. */
  readonly resources: readonly string[]
  /** Public keys, for private_key_jwt and request objects; never beside `jwksUri`. */
  readonly jwks?: JSONWebKeySet
  readonly jwksUri?: string
  readonly idTokenSignedResponseAlg: ResponseAlgorithm
  readonly userinfoSignedResponseAlg?: ResponseAlgorithm
  readonly introspectionSignedResponseAlg?: ResponseAlgorithm
  /** False for an OpenID-Connect-only confidential client that an operator has exempted. */
  readonly requirePkce: boolean
  /** RFC 9126 §6. */
  readonly requirePushedAuthorizationRequests: boolean
  /** RFC 9101 §10.5. */
  readonly requireSignedRequestObject: boolean
  /** As that of assertions. */
  readonly requestObjectSigningAlg?: ClientSignatureAlgorithm
  /** RFC 9449 §5.2. */
  readonly dpopBoundAccessTokens: boolean
  /** Whether its users are asked; an operator's own application may go without. */
  readonly requireConsent: boolean
  /** Whether its users must have proven a second factor. */
  readonly requireMfa: boolean
  readonly backchannelLogoutUri?: string
  readonly backchannelLogoutSessionRequired: boolean
  readonly frontchannelLogoutUri?: string
  readonly frontchannelLogoutSessionRequired: boolean
  /** Origins whose pages may call the token endpoint and its neighbours for it. */
  readonly corsOrigins: readonly string[]
  readonly accessTokenTtlSeconds?: number
  readonly refreshTokenTtlSeconds?: number
  readonly defaultMaxAgeSeconds?: number
  readonly requireAuthTime: boolean
  readonly initiateLoginUri?: string
  readonly logoUri?: string
  readonly clientUri?: string
  readonly policyUri?: string
  readonly tosUri?: string
  readonly contacts: readonly string[]
}

export interface ClientSecret {
  /** SHA-256. */
  readonly hash: Buffer
  readonly createdAt?: Date
  readonly expiresAt?: Date
}

/** Methods that prove a secret which we have made. */
export const usesSecret = (method: ClientAuthMethod | undefined): boolean =>
  method === undefined || method.startsWith('client_secret_')

/** Whether a client that is registered for `registered` may authenticate by `method`. @see draft OAuth 2.1 §2.4 */
export const mayAuthenticateBy = (
  registered: ClientAuthMethod | undefined,
  method: ClientAuthMethod,
): boolean => (registered === undefined ? method !== 'none' && usesSecret(method) : registered === method)

/** Who made a client: an operator, or itself by RFC 7591. Only an operator's may hold admin scopes. */
export type ClientOrigin = 'operator' | 'registration'

export interface Client {
  readonly id: ClientId
  readonly name: string
  /** @see draft OAuth 2.1 §2.1 */
  readonly type: 'public' | 'confidential'
  readonly isActive: boolean
  readonly origin: ClientOrigin
  readonly secrets: readonly ClientSecret[]
  readonly metadata: ClientMetadata
  readonly createdAt: Date
  readonly updatedAt: Date
  /** No access token from before that is good any more. */
  readonly tokensEndedAt?: Date
}

// Of the clocks of the database, which dates clients, and of the replicas, which date tokens.
const clockSkewSeconds = 60

/**
 * Whether a client's access token of that instant (seconds) may still be used: the client is there, active, and was not
 * switched off, nor deleted and made anew, since.
 */
export const honoursTokenOf = (client: Client | undefined, issuedAtSeconds: number): boolean => {
  if (client === undefined || !client.isActive) return false
  if (issuedAtSeconds < client.createdAt.getTime() / 1_000 - clockSkewSeconds) return false
  return client.tokensEndedAt === undefined || issuedAtSeconds * 1_000 > client.tokensEndedAt.getTime()
}
