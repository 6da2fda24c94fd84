/**
 * What the introspection endpoint tells about a token, and whom. @see RFC 7662 §2.2, §4; RFC 9701
 */
import type { AccessTokenClaims } from './access-token.ts'
import type { Client, ResponseAlgorithm } from './client.ts'
import type { LiveRefreshToken } from './refresh-family.ts'

/** All that is said about a token that is not good, or that the asking client has no business with. */
export const inactive = { active: false } as const

export type Introspection = Readonly<Record<string, unknown>> & { readonly active: boolean }

/**
 * A client may ask about its own tokens. A resource server may ask about tokens that are for it: a confidential client
 * whose `resources` name the token's audience. Only an operator's word makes one; else whoever may register a client
 * could read everybody's.
 */
export const mayIntrospect = (
  client: Pick<Client, 'id' | 'origin' | 'metadata'>,
  { client_id: clientId, aud }: Pick<AccessTokenClaims, 'client_id' | 'aud'>,
): boolean =>
  clientId === client.id ||
  (client.origin === 'operator' && [aud].flat().some(each => client.metadata.resources.includes(each)))

/** @see RFC 7662 §2.2, RFC 9449 §6.2, RFC 8693 §4.1 */
export const introspectionOfAccessToken = (claims: AccessTokenClaims): Introspection => ({
  active: true,
  iss: claims.iss,
  sub: claims.sub,
  aud: claims.aud,
  client_id: claims.client_id,
  token_type: claims.cnf === undefined ? 'Bearer' : 'DPoP',
  scope: claims.scope,
  jti: claims.jti,
  iat: claims.iat,
  exp: claims.exp,
  sid: claims.sid,
  auth_time: claims.auth_time,
  acr: claims.acr,
  amr: claims.amr,
  cnf: claims.cnf,
  act: claims.act,
  roles: claims.roles,
  permissions: claims.permissions,
  org_id: claims.org_id,
  org_name: claims.org_name,
  org_roles: claims.org_roles,
  org_permissions: claims.org_permissions,
})

const epochSeconds = (instant: Date) => Math.floor(instant.getTime() / 1000)

/** Without `token_type` and `aud`: nobody but the authorization server takes one. */
export const introspectionOfRefreshToken = (
  { subject, sessionId, clientId, scope, expiresAt, ...token }: LiveRefreshToken,
  issuer: string,
): Introspection => ({
  active: true,
  iss: issuer,
  sub: subject,
  client_id: clientId,
  scope: scope === '' ? undefined : scope,
  exp: epochSeconds(expiresAt),
  sid: token.isOffline ? undefined : sessionId,
  auth_time: epochSeconds(token.authenticatedAt),
  acr: token.acr,
  amr: token.authenticationMethods,
  cnf: token.dpopJkt === undefined ? undefined : { jkt: token.dpopJkt },
})

export const introspectionJwtType = 'application/token-introspection+jwt'

/**
 * The algorithm of the signed answer; undefined for a plain one. A client that registered an algorithm gets signed
 * answers unless it asks for plain ones; any other gets one where it asks. @see RFC 9701 §4, §6
 */
export const algorithmOfIntrospection = (
  accept: string,
  { introspectionSignedResponseAlg: registered }: Client['metadata'],
): ResponseAlgorithm | undefined => {
  if (accept.includes(introspectionJwtType)) return registered ?? 'RS256'
  return accept.includes('application/json') ? undefined : registered
}
