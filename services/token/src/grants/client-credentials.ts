/** `client_credentials`: a client for itself, without a user, a session or a refresh token. @see draft OAuth 2.1 §4.2 */
import { findParameter, formatScope, listParameter, OAuthError, parseScope } from '@latchkey/oauth'
import { selectResources } from '../domain/client-resources.ts'
import { clientsOwnScope } from '../domain/client-scopes.ts'
import type { Scope } from '../domain/scope.ts'
import type { SignAccessToken } from '../keys/access-token-signer.ts'
import type { AnswerGrant } from './token-request.ts'

export interface ClientCredentialsDeps {
  /** The active ones. */
  readonly findScopes: () => Promise<readonly Scope[]>
  readonly signAccessToken: SignAccessToken
}

export const createClientCredentials =
  ({ findScopes, signAccessToken }: ClientCredentialsDeps): AnswerGrant =>
  async ({ client, parameters, dpopJkt }) => {
    if (client.type !== 'confidential') {
      throw new OAuthError('unauthorized_client', 'A public client can not use client_credentials')
    }
    const requested = parseScope(findParameter(parameters, 'scope'))
    const scope = formatScope(clientsOwnScope(client, requested, await findScopes()))
    const signed = await signAccessToken({
      subject: client.id,
      clientId: client.id,
      resources: selectResources(client, listParameter(parameters, 'resource')),
      scope,
      ttlSeconds: client.metadata.accessTokenTtlSeconds,
      dpopJkt,
    })
    return { ...signed, scope, isDpopBound: dpopJkt !== undefined }
  }
