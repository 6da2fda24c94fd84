/**
 * Exchanges an access token of ours for another one, in which a client acts for the token's subject: a service that
 * calls on for a user, an application that gives away less than it has. It is never impersonation: who acts is always in
 * the token (ADR 11). @see RFC 8693
 */
import { OAuthError } from '@latchkey/oauth'
import { isUuid } from '@latchkey/runtime/ids'
import type { Logger } from '@latchkey/runtime/logger'
import type { AccessTokenClaims } from '../domain/access-token.ts'
import { type Authority, findMembership, needsAuthority } from '../domain/authority.ts'
import type { Client } from '../domain/client.ts'
import { checkGrantKey } from '../domain/dpop-binding.ts'
import type { OrganizationId, UserId } from '../domain/ids.ts'
import { mayIntrospect } from '../domain/introspection.ts'
import type { Scope } from '../domain/scope.ts'
import { accessTokenType, exchangedToken, refuseUnreadableTargets } from '../domain/token-exchange.ts'
import type { IssuedTokens } from '../grants/token-request.ts'
import type { SignAccessToken } from '../keys/access-token-signer.ts'
import type { CheckAccessToken } from './check-access-token.ts'

export interface ExchangeTokenInput {
  readonly client: Client
  readonly subjectToken: string
  readonly actorToken?: string | undefined
  readonly scope?: string | undefined
  /** Of `resource` and `audience`. */
  readonly targets: readonly string[]
  readonly dpopJkt?: string | undefined
}

export interface ExchangeTokenDeps {
  readonly issuer: string
  readonly checkAccessToken: CheckAccessToken
  /** The active ones. */
  readonly findScopes: () => Promise<readonly Scope[]>
  readonly subjects: { find(userId: UserId): Promise<Authority | undefined> }
  readonly signAccessToken: SignAccessToken
  readonly logger: Pick<Logger, 'info'>
}

/** Whatever is wrong with a token that comes along. @see RFC 8693 §2.2.2 */
const invalid = (name: 'subject_token' | 'actor_token') =>
  new OAuthError('invalid_request', `${name} is not a valid access token that the client may exchange`)

/** @throws OAuthError, NoSigningKeyError */
export const createExchangeToken = (deps: ExchangeTokenDeps) => {
  const check = async (token: string, name: 'subject_token' | 'actor_token'): Promise<AccessTokenClaims> => {
    const checked = await deps.checkAccessToken(token)
    if (checked.outcome === 'live') return checked.claims
    if (checked.outcome !== 'undecided') throw invalid(name)
    throw new OAuthError('temporarily_unavailable', 'Sessions can’t be checked at the moment', {
      headers: { 'Retry-After': '2' },
    })
  }

  /** The client's own, or one that it has received as the resource that the token is for. */
  const findSubject = async ({ client, subjectToken, dpopJkt }: ExchangeTokenInput) => {
    const claims = await check(subjectToken, 'subject_token')
    if (!mayIntrospect(client, claims)) throw invalid('subject_token')
    // Who received a bound token has seen its proof; who was given it has the key.
    if (claims.client_id === client.id) checkGrantKey(claims.cnf?.jkt, dpopJkt)
    return claims
  }

  /** Nobody acts in the name of another client. */
  const findActor = async ({ client, actorToken, dpopJkt }: ExchangeTokenInput) => {
    if (actorToken === undefined) return undefined
    const claims = await check(actorToken, 'actor_token')
    if (claims.client_id !== client.id) throw invalid('actor_token')
    checkGrantKey(claims.cnf?.jkt, dpopJkt)
    return claims
  }

  /** As it is now. @throws OAuthError where the subject has left the organization that the token is about */
  const findAuthority = async ({ sub, scope, org_id }: AccessTokenClaims): Promise<Authority | undefined> => {
    if (!isUuid(sub) || !needsAuthority(scope ?? '')) return undefined
    const authority = await deps.subjects.find(sub as UserId)
    const hasLeft =
      org_id !== undefined &&
      (authority === undefined || findMembership(authority, org_id as OrganizationId) === undefined)
    if (hasLeft) throw invalid('subject_token')
    return authority
  }

  return async (input: ExchangeTokenInput): Promise<IssuedTokens> => {
    const { client, scope: requestedScope, targets, dpopJkt } = input
    refuseUnreadableTargets(targets)
    const [subject, actor, scopes] = await Promise.all([
      findSubject(input),
      findActor(input),
      deps.findScopes(),
    ])
    const exchange = { client, subject, actor, requestedScope, requestedResources: targets, dpopJkt }
    const activeScopes = scopes.map(({ name }) => name)
    const authority = await findAuthority(subject)
    const token = exchangedToken({ ...exchange, activeScopes, authority }, deps.issuer)
    const signed = await deps.signAccessToken(token)
    const about = { client_id: client.id, subject: subject.sub, of_client_id: subject.client_id }
    deps.logger.info(
      { ...about, session_id: subject.sid, grant_id: subject.grant_id },
      'a token was exchanged',
    )
    return {
      ...signed,
      scope: token.scope,
      isDpopBound: dpopJkt !== undefined,
      issuedTokenType: accessTokenType,
    }
  }
}

export type ExchangeToken = ReturnType<typeof createExchangeToken>
