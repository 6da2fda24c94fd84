/** What somebody who is signed in in a browser grants: to an authorization request, or to a device. */
import { formatScope } from '@latchkey/oauth'
import { createUuid } from '@latchkey/runtime/ids'
import { type AcrDemand, statedAcr } from './acr.ts'
import type { BrowserSession } from './browser-session.ts'
import { type ClaimsRequest, type Grant, offlineGrantTtlSeconds } from './grant.ts'
import type { ClientId, GrantId, OrganizationId } from './ids.ts'

export interface GrantedRequest {
  readonly clientId: ClientId
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  readonly claims?: ClaimsRequest | undefined
  readonly dpopJkt?: string | undefined
  readonly acr?: Pick<AcrDemand, 'named'> | undefined
  readonly organizationId?: OrganizationId | undefined
}

export const grantOfSession = (session: BrowserSession, granted: GrantedRequest, now: Date): Grant => {
  const { sessionId, subject, authenticatedAt, authenticationMethods, endsAt } = session
  const { clientId, scopes, resources, claims, dpopJkt, organizationId } = granted
  const acr = statedAcr(authenticationMethods, granted.acr?.named ?? [])
  const isOffline = scopes.includes('offline_access')
  return {
    id: createUuid<GrantId>(),
    subject,
    sessionId,
    clientId,
    scope: formatScope(scopes),
    resources,
    authenticatedAt,
    authenticationMethods,
    ...(acr === undefined ? {} : { acr }),
    ...(claims === undefined ? {} : { claims }),
    ...(dpopJkt === undefined ? {} : { dpopJkt }),
    ...(organizationId === undefined ? {} : { organizationId }),
    isOffline,
    endsAt: isOffline ? new Date(now.getTime() + offlineGrantTtlSeconds * 1000) : endsAt,
  }
}
