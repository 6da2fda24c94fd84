/** The claims of a first-party access token. @see RFC 9068 §2.2 */
import type { SessionId, UserId } from './ids.ts'

/** What a sign-in established; every access token of its family says the same. */
export interface Grant {
  readonly subject: UserId
  readonly sessionId: SessionId
  readonly clientId: string
  readonly scope: string
  readonly authenticatedAt: Date
  /** RFC 8176 values. */
  readonly authenticationMethods: readonly string[]
  /** No token outlives this instant. */
  readonly endsAt: Date
}

export interface AccessTokenPolicy {
  readonly issuer: string
  readonly ttlSeconds: number
}

/** The client that signs in through the first-party API. */
export const firstPartyClient = { clientId: 'latchkey', scope: 'openid profile email' } as const

const epochSeconds = (instant: Date) => Math.floor(instant.getTime() / 1000)

export const accessTokenClaims = (grant: Grant, policy: AccessTokenPolicy, jti: string, now: Date) => {
  const iat = epochSeconds(now)
  return {
    iss: policy.issuer,
    aud: policy.issuer,
    sub: grant.subject,
    client_id: grant.clientId,
    sid: grant.sessionId,
    jti,
    iat,
    exp: Math.min(iat + policy.ttlSeconds, epochSeconds(grant.endsAt)),
    scope: grant.scope,
    type: 'access',
    auth_time: epochSeconds(grant.authenticatedAt),
    amr: grant.authenticationMethods,
  }
}
