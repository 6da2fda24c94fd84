/** The claims of an access token. @see RFC 9068 §2.2 */
import { type Authority, type AuthorityClaims, authorityClaims } from './authority.ts'
import type { Grant } from './grant.ts'
import { firstPartyClientId } from './grant.ts'
import { namesRequested } from './subject-claims.ts'

/** Who acts for the subject. @see RFC 8693 §4.1 */
export interface Actor {
  readonly sub: string
  readonly client_id?: string
  readonly act?: Actor
}

/** What one access token is to say. */
export interface AccessTokenInput {
  /** A user's id; a client's own where it acts for nobody else. */
  readonly subject: string
  readonly clientId: string
  /** RFC 8707 resources; empty: the issuer itself. */
  readonly resources: readonly string[]
  readonly scope: string
  /** The client's own; that of the settings where it has none. */
  readonly ttlSeconds?: number | undefined
  /** It never lives longer than that. */
  readonly endsAt?: Date | undefined
  readonly sessionId?: string | undefined
  /** The grant that a revocation ends it with. */
  readonly grantId?: string | undefined
  readonly authenticatedAt?: Date | undefined
  readonly authenticationMethods?: readonly string[] | undefined
  readonly acr?: string | undefined
  /** RFC 7638 thumbprint of its DPoP key. */
  readonly dpopJkt?: string | undefined
  readonly actor?: Actor | undefined
  /** What the `claims` parameter asks for at the UserInfo endpoint. */
  readonly userinfoClaims?: readonly string[] | undefined
  /** What its subject may do, as far as its scope tells. */
  readonly authority?: AuthorityClaims | undefined
}

export interface AccessTokenPolicy {
  readonly issuer: string
  readonly ttlSeconds: number
}

/**
 * What every access token of a grant says; scope and resources may be fewer.
 * @param authority undefined where the scope does not tell of it
 */
export const accessTokenOfGrant = (
  grant: Grant,
  authority: Authority | undefined,
  { scope = grant.scope, resources = grant.resources }: Partial<Pick<Grant, 'scope' | 'resources'>> = {},
): AccessTokenInput => ({
  subject: grant.subject,
  clientId: grant.clientId,
  resources,
  scope,
  endsAt: grant.endsAt,
  // Access in the user's absence does not end with the session.
  sessionId: grant.isOffline ? undefined : grant.sessionId,
  grantId: grant.id,
  authenticatedAt: grant.authenticatedAt,
  authenticationMethods: grant.authenticationMethods,
  acr: grant.acr,
  dpopJkt: grant.dpopJkt,
  userinfoClaims: namesRequested(grant.claims?.userinfo),
  authority: authority && authorityClaims(authority, { scope, organizationId: grant.organizationId }),
})

const epochSeconds = (instant: Date) => Math.floor(instant.getTime() / 1000)

const audienceOf = (resources: readonly string[], issuer: string): string | string[] => {
  const [only = issuer, ...others] = resources
  return others.length === 0 ? only : [only, ...others]
}

/** Members without a value are left out of the token. */
export const accessTokenClaims = (
  input: AccessTokenInput,
  policy: AccessTokenPolicy,
  jti: string,
  now: Date,
) => {
  const iat = epochSeconds(now)
  const expiresAt = iat + (input.ttlSeconds ?? policy.ttlSeconds)
  return {
    iss: policy.issuer,
    aud: audienceOf(input.resources, policy.issuer),
    sub: input.subject,
    client_id: input.clientId,
    sid: input.sessionId,
    grant_id: input.grantId,
    jti,
    iat,
    exp: input.endsAt === undefined ? expiresAt : Math.min(expiresAt, epochSeconds(input.endsAt)),
    scope: input.scope === '' ? undefined : input.scope,
    // Archon's clients look for it; other clients' tokens open nothing of the first-party API.
    type: input.clientId === firstPartyClientId ? 'access' : undefined,
    auth_time: input.authenticatedAt === undefined ? undefined : epochSeconds(input.authenticatedAt),
    amr: input.authenticationMethods?.slice(),
    acr: input.acr,
    cnf: input.dpopJkt === undefined ? undefined : { jkt: input.dpopJkt },
    act: input.actor,
    roles: input.authority?.roles,
    permissions: input.authority?.permissions,
    org_id: input.authority?.org_id,
    org_name: input.authority?.org_name,
    org_roles: input.authority?.org_roles,
    org_permissions: input.authority?.org_permissions,
    // Nothing else knows at the UserInfo endpoint what the request was: not every grant has a refresh family.
    userinfo_claims: input.userinfoClaims?.length ? input.userinfoClaims.slice() : undefined,
  }
}

/** What an access token of ours says. */
export type AccessTokenClaims = ReturnType<typeof accessTokenClaims>
