/**
 * The claims of an ID token: who signed in to which client, when and how, and in which organization they act. What scopes
 * give is read at the UserInfo endpoint, since an access token always comes along (OpenID Connect Core §5.4); here is only
 * what the `claims` parameter asks for. `azp` would repeat the only audience.
 * @see OpenID Connect Core §2, §3.1.3.6
 */
import { organizationClaims } from './authority.ts'
import type { Grant } from './grant.ts'
import { type KnownSubject, namesRequested, subjectClaims } from './subject-claims.ts'

/** Long enough for a client to check it and to show it at the logout; no session is prolonged by it. */
const ttlSeconds = 3_600

export interface IdTokenInput {
  readonly grant: Pick<
    Grant,
    | 'subject'
    | 'sessionId'
    | 'clientId'
    | 'authenticatedAt'
    | 'authenticationMethods'
    | 'acr'
    | 'claims'
    | 'endsAt'
    | 'scope'
    | 'organizationId'
  >
  /** Of the authorization request; a refresh has none. @see OpenID Connect Core §12.2 */
  readonly nonce?: string | undefined
  /** Needed where the `claims` parameter asks for something about the subject, or the grant is about an organization. */
  readonly subject?: KnownSubject | undefined
  /** The left half of the access token's hash. */
  readonly atHash?: string | undefined
}

/** True where the token can't be made without the subject's snapshot. */
export const needsSubject = (grant: Pick<Grant, 'claims' | 'organizationId'>): boolean =>
  namesRequested(grant.claims?.id_token).length > 0 || grant.organizationId !== undefined

const epochSeconds = (instant: Date) => Math.floor(instant.getTime() / 1000)

/** Members without a value are left out of the token. */
export const idTokenClaims = (
  { grant, nonce, subject, atHash }: IdTokenInput,
  issuer: string,
  now: Date,
) => ({
  ...(subject === undefined
    ? {}
    : {
        ...subjectClaims(subject, namesRequested(grant.claims?.id_token)),
        ...organizationClaims(subject, grant),
      }),
  iss: issuer,
  sub: grant.subject,
  aud: grant.clientId,
  iat: epochSeconds(now),
  exp: Math.min(epochSeconds(now) + ttlSeconds, epochSeconds(grant.endsAt)),
  auth_time: epochSeconds(grant.authenticatedAt),
  nonce,
  acr: grant.acr,
  amr: grant.authenticationMethods.slice(),
  sid: grant.sessionId,
  at_hash: atHash,
})
