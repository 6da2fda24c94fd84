/** Signs what a grant gives at one time: an access token, and an ID token where `openid` is in its scope. */
import { OAuthError, parseScope } from '@latchkey/oauth'
import { accessTokenOfGrant } from '../domain/access-token.ts'
import { type Authority, findMembership, needsAuthority, organizationOf } from '../domain/authority.ts'
import type { Client } from '../domain/client.ts'
import { bindGrant, type Grant } from '../domain/grant.ts'
import type { UserId } from '../domain/ids.ts'
import type { KnownSubject } from '../domain/subject-claims.ts'
import type { IssuedTokens } from '../grants/token-request.ts'
import type { SignAccessToken } from '../keys/access-token-signer.ts'
import type { IssueIdToken } from './issue-id-token.ts'

export interface SignGrantTokensInput {
  readonly client: Client
  readonly grant: Grant
  /** What its subject may do now, where the caller knows that. */
  readonly authority?: Authority | undefined
  /** Fewer than granted; all of them where it is left out. */
  readonly scope?: string | undefined
  readonly resources?: readonly string[] | undefined
  /** Of the authorization request; a refresh has none. @see OpenID Connect Core §12.2 */
  readonly nonce?: string | undefined
  /** RFC 7638 thumbprint of the key that the request proves. */
  readonly dpopJkt?: string | undefined
}

export interface SignGrantTokensDeps {
  readonly subjects: { find(userId: UserId): Promise<KnownSubject | undefined> }
  readonly signAccessToken: SignAccessToken
  readonly issueIdToken: IssueIdToken
}

/**
 * Who has left the organization that the grant is about gets nothing of it any more: a token that is silent about the
 * organization could be taken for more than was granted (ADR 22). @throws OAuthError `invalid_grant`
 */
const checkMembership = (grant: Grant, scope: string, authority: Authority | undefined): void => {
  const organizationId = organizationOf({ ...grant, scope })
  if (organizationId === undefined) return
  if (authority === undefined || findMembership(authority, organizationId) === undefined)
    throw new OAuthError('invalid_grant', 'The user is no longer a member of the organization')
}

/** @throws OAuthError, NoSigningKeyError */
export const createSignGrantTokens =
  ({ subjects, signAccessToken, issueIdToken }: SignGrantTokensDeps) =>
  async (input: SignGrantTokensInput): Promise<IssuedTokens> => {
    const { client, nonce, dpopJkt } = input
    const grant = bindGrant(input.grant, dpopJkt)
    const { scope = grant.scope, resources = grant.resources } = input
    const isToBeRead = input.authority === undefined && needsAuthority(scope)
    const subject = isToBeRead ? await subjects.find(grant.subject) : undefined
    const authority = input.authority ?? subject
    checkMembership(grant, scope, authority)
    const { accessTokenTtlSeconds, idTokenSignedResponseAlg: algorithm } = client.metadata
    const signed = await signAccessToken({
      ...accessTokenOfGrant(grant, authority, { scope, resources }),
      ttlSeconds: accessTokenTtlSeconds,
    })
    const idToken = parseScope(scope).includes('openid')
      ? await issueIdToken({
          grant: { ...grant, scope },
          subject,
          accessToken: signed.accessToken,
          nonce,
          algorithm,
        })
      : undefined
    return { ...signed, scope, isDpopBound: dpopJkt !== undefined, idToken }
  }

export type SignGrantTokens = ReturnType<typeof createSignGrantTokens>
