/** Signs what a grant gives at one time: an access token, and an ID token where `openid` is in its scope. */
import { parseScope } from '@latchkey/oauth'
import { accessTokenOfGrant } from '../domain/access-token.ts'
import type { Client } from '../domain/client.ts'
import { bindGrant, type Grant } from '../domain/grant.ts'
import type { IssuedTokens } from '../grants/token-request.ts'
import type { SignAccessToken } from '../keys/access-token-signer.ts'
import type { IssueIdToken } from './issue-id-token.ts'

export interface SignGrantTokensInput {
  readonly client: Client
  readonly grant: Grant
  /** Fewer than granted; all of them where it is left out. */
  readonly scope?: string | undefined
  readonly resources?: readonly string[] | undefined
  /** Of the authorization request; a refresh has none. @see OpenID Connect Core §12.2 */
  readonly nonce?: string | undefined
  /** RFC 7638 thumbprint of the key that the request proves. */
  readonly dpopJkt?: string | undefined
}

export interface SignGrantTokensDeps {
  readonly signAccessToken: SignAccessToken
  readonly issueIdToken: IssueIdToken
}

/** @throws NoSigningKeyError */
export const createSignGrantTokens =
  ({ signAccessToken, issueIdToken }: SignGrantTokensDeps) =>
  async (input: SignGrantTokensInput): Promise<IssuedTokens> => {
    const { client, nonce, dpopJkt } = input
    const grant = bindGrant(input.grant, dpopJkt)
    const { scope = grant.scope, resources = grant.resources } = input
    const { accessTokenTtlSeconds, idTokenSignedResponseAlg: algorithm } = client.metadata
    const signed = await signAccessToken({
      ...accessTokenOfGrant(grant, { scope, resources }),
      ttlSeconds: accessTokenTtlSeconds,
    })
    const idToken = parseScope(scope).includes('openid')
      ? await issueIdToken({ grant, accessToken: signed.accessToken, nonce, algorithm })
      : undefined
    return { ...signed, scope, isDpopBound: dpopJkt !== undefined, idToken }
  }

export type SignGrantTokens = ReturnType<typeof createSignGrantTokens>
