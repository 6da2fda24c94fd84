/**
 * What a token may be exchanged for: the same subject, acted for by the client, never more scope, never longer, and for
 * no audience that neither the token nor the client has (ADR 11). @see RFC 8693 §2, §4.1
 */
import { formatScope, isResource, OAuthError, parseScope } from '@latchkey/oauth'
import type { AccessTokenClaims, AccessTokenInput, Actor } from './access-token.ts'
import { type Authority, authorityClaims } from './authority.ts'
import type { Client } from './client.ts'
import type { OrganizationId } from './ids.ts'
import { isAdminScope } from './scope.ts'

export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

export interface Exchange {
  readonly client: Pick<Client, 'id' | 'origin' | 'metadata'>
  readonly subject: AccessTokenClaims
  /** Of the actor token; undefined where the client itself acts. */
  readonly actor?: AccessTokenClaims | undefined
  readonly requestedScope?: string | undefined
  /** Of `resource` and `audience`: one and the same list here. */
  readonly requestedResources: readonly string[]
  /** Names of the active ones. */
  readonly activeScopes: readonly string[]
  /** What the subject may do now; undefined for one that is no user. */
  readonly authority?: Authority | undefined
  readonly dpopJkt?: string | undefined
}

const audiencesOf = ({ aud }: Pick<AccessTokenClaims, 'aud'>): readonly string[] => [aud].flat()

/** Only an operator's word says which resources a client is; whoever registers itself could name any. */
const exchangedAudience = ({ client, subject, requestedResources }: Exchange): readonly string[] => {
  const own = client.origin === 'operator' ? client.metadata.resources : []
  const allowed = [...audiencesOf(subject), ...own]
  if (!requestedResources.every(resource => allowed.includes(resource))) {
    throw new OAuthError(
      'invalid_target',
      'resource or audience is neither the subject token’s nor the client’s',
    )
  }
  return requestedResources.length === 0 ? audiencesOf(subject) : [...new Set(requestedResources)]
}

/** All that the token has and the client may have, or what is asked for of it. */
const exchangedScope = ({ client, subject, requestedScope, activeScopes }: Exchange): string => {
  const available = parseScope(subject.scope).filter(
    scope => client.metadata.scopes.includes(scope) && activeScopes.includes(scope) && !isAdminScope(scope),
  )
  if (requestedScope === undefined) return formatScope(available)
  const wanted = parseScope(requestedScope)
  if (wanted.every(scope => available.includes(scope))) return formatScope(wanted)
  throw new OAuthError('invalid_scope', 'scope is more than what the subject token and the client have')
}

/** Who acts now, and for whom they did so before: the newest outermost. */
const actorOf = ({ client, subject, actor }: Exchange): Actor => ({
  sub: actor?.sub ?? client.id,
  client_id: client.id,
  ...(subject.act === undefined ? {} : { act: subject.act }),
})

/** @throws OAuthError `invalid_scope`, `invalid_target` */
export const exchangedToken = (exchange: Exchange, issuer: string): AccessTokenInput => {
  const { client, subject, authority, dpopJkt } = exchange
  const audience = exchangedAudience(exchange)
  const scope = exchangedScope(exchange)
  const organizationId = subject.org_id as OrganizationId | undefined
  return {
    subject: subject.sub,
    clientId: client.id,
    // The issuer is what a token without resources is for.
    resources: audience.length === 1 && audience[0] === issuer ? [] : audience,
    scope,
    ttlSeconds: client.metadata.accessTokenTtlSeconds,
    endsAt: new Date(subject.exp * 1000),
    sessionId: subject.sid,
    grantId: subject.grant_id,
    authenticatedAt: subject.auth_time === undefined ? undefined : new Date(subject.auth_time * 1000),
    authenticationMethods: subject.amr,
    acr: subject.acr,
    dpopJkt,
    actor: actorOf(exchange),
    authority: authority && authorityClaims(authority, { scope, organizationId }),
  }
}

/** `audience` may be any name; ours are resources. @throws OAuthError `invalid_target` */
export const refuseUnreadableTargets = (targets: readonly string[]): void => {
  if (targets.every(isResource)) return
  throw new OAuthError('invalid_target', 'resource and audience must be absolute URIs without a fragment')
}
