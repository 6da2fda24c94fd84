/** What a user has granted to a client at one time; every token of the grant says the same. */
import { acrOf } from './acr.ts'
import type { ClientId, GrantId, OrganizationId, SessionId, UserId } from './ids.ts'

/** One claim's entry of the `claims` parameter; `null` asks for it without more. @see OpenID Connect Core §5.5.1 */
export type ClaimRequest = null | {
  readonly essential?: boolean
  readonly value?: unknown
  readonly values?: readonly unknown[]
}

/** @see OpenID Connect Core §5.5 */
export interface ClaimsRequest {
  readonly userinfo?: Readonly<Record<string, ClaimRequest>>
  readonly id_token?: Readonly<Record<string, ClaimRequest>>
}

export interface Grant {
  readonly id: GrantId
  readonly subject: UserId
  readonly sessionId: SessionId
  readonly clientId: ClientId
  /** Space-separated, in the order in which it was asked for. */
  readonly scope: string
  /** RFC 8707: what its access tokens may be for; empty: the issuer itself. */
  readonly resources: readonly string[]
  readonly authenticatedAt: Date
  /** RFC 8176 values. */
  readonly authenticationMethods: readonly string[]
  readonly acr?: string
  readonly claims?: ClaimsRequest
  /** RFC 7638 thumbprint of the DPoP key that every token of the grant is bound to. */
  readonly dpopJkt?: string
  /** Which of their organizations the user acts in; of use with the scope `organization`. */
  readonly organizationId?: OrganizationId
  /** Granted offline_access: outlives the session. */
  readonly isOffline: boolean
  /** No token outlives this instant. */
  readonly endsAt: Date
}

/** The client that signs in through the first-party API. It is in no table, and no other may have its name. */
export const firstPartyClientId = 'latchkey' as ClientId

const presentAcr = (acr: string | undefined) => (acr === undefined ? {} : { acr })

const firstPartyScope = 'openid profile email roles'

/** What a sign-in through the first-party API grants. */
export const firstPartyGrant = (
  signIn: Pick<
    Grant,
    'id' | 'subject' | 'sessionId' | 'authenticatedAt' | 'authenticationMethods' | 'endsAt'
  >,
): Grant => ({
  ...signIn,
  ...presentAcr(acrOf(signIn.authenticationMethods)),
  clientId: firstPartyClientId,
  scope: firstPartyScope,
  resources: [],
  isOffline: false,
})

/** The same grant bound to that DPoP key, or to none. */
export const bindGrant = ({ dpopJkt: _former, ...grant }: Grant, dpopJkt: string | undefined): Grant =>
  dpopJkt === undefined ? grant : { ...grant, dpopJkt }

/** A grant as the tables of codes and of devices keep it: JSON, with instants as text. */
export type GrantDocument = Omit<Grant, 'authenticatedAt' | 'endsAt'> & {
  readonly authenticatedAt: string
  readonly endsAt: string
}

/** The other way round than `JSON.stringify`. */
export const fromGrantDocument = (document: GrantDocument): Grant => ({
  ...document,
  authenticatedAt: new Date(document.authenticatedAt),
  endsAt: new Date(document.endsAt),
})

/** How long a grant of offline_access lasts at most: a year, in seconds. */
export const offlineGrantTtlSeconds = 31_536_000
