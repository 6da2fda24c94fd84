/**
 * The authentication methods, in the order in which a request is looked at: a proof that it offers, never two of them,
 * and none at all for a public client. Whether the method is the client's own is use case `authenticate-client`'s.
 */
import { findParameter, OAuthError } from '@latchkey/oauth'
import type { AuthenticationAttempt, ClientRequest, FindAttempt } from './attempt.ts'
import { createClientSecretBasic } from './client-secret-basic.ts'
import { createClientSecretPost } from './client-secret-post.ts'
import { nameClient } from './none.ts'
import { createPrivateKeyJwt, type PrivateKeyJwtDeps } from './private-key-jwt.ts'

export type { AuthenticationAttempt, ClientRequest, FindAttempt } from './attempt.ts'
export { basicChallenge } from './client-secret-basic.ts'

/** What the methods need, all together. */
export type AuthenticationMethodsDeps = PrivateKeyJwtDeps

/** @throws OAuthError where the request names no client, or more than one, or offers two proofs */
export const createReadAttempt = (deps: AuthenticationMethodsDeps) => {
  const methods: readonly FindAttempt[] = [
    createClientSecretBasic(deps.now),
    createClientSecretPost(deps.now),
    createPrivateKeyJwt(deps),
  ]

  return (request: ClientRequest): AuthenticationAttempt => {
    const attempts = methods.flatMap(find => find(request) ?? [])
    // draft OAuth 2.1 §2.4: two could be two clients', and each part would believe another one.
    if (attempts.length > 1) {
      throw new OAuthError(
        'invalid_request',
        'Only one client authentication method may be used in a request',
      )
    }
    const attempt = attempts[0] ?? nameClient(request)
    const named = findParameter(request.parameters, 'client_id')
    if (named !== undefined && named !== attempt.clientId) {
      throw new OAuthError(
        'invalid_request',
        'client_id names another client than the one that authenticates',
      )
    }
    return attempt
  }
}
