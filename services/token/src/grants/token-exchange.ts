/** `urn:ietf:params:oauth:grant-type:token-exchange`. @see RFC 8693 §2.1 */
import { findParameter, getParameter, listParameter, OAuthError, type OAuthParameters } from '@latchkey/oauth'
import { accessTokenType } from '../domain/token-exchange.ts'
import type { ExchangeToken } from '../usecases/exchange-token.ts'
import type { AnswerGrant } from './token-request.ts'

export interface TokenExchangeDeps {
  readonly exchangeToken: ExchangeToken
}

const refuseOtherType = (parameters: OAuthParameters, name: string): void => {
  if ((findParameter(parameters, name) ?? accessTokenType) === accessTokenType) return
  throw new OAuthError('invalid_request', `${name} must be ${accessTokenType}`)
}

/** A type comes with its token, and never alone. */
const readActorToken = (parameters: OAuthParameters): string | undefined => {
  const token = findParameter(parameters, 'actor_token')
  const type = findParameter(parameters, 'actor_token_type')
  if ((token === undefined) !== (type === undefined)) {
    throw new OAuthError('invalid_request', 'actor_token and actor_token_type come together or not at all')
  }
  refuseOtherType(parameters, 'actor_token_type')
  return token
}

export const createTokenExchange =
  ({ exchangeToken }: TokenExchangeDeps): AnswerGrant =>
  async ({ client, parameters, dpopJkt }) => {
    if (client.type !== 'confidential') {
      throw new OAuthError('unauthorized_client', 'A public client can not exchange tokens')
    }
    const subjectToken = getParameter(parameters, 'subject_token')
    getParameter(parameters, 'subject_token_type')
    refuseOtherType(parameters, 'subject_token_type')
    refuseOtherType(parameters, 'requested_token_type')
    return exchangeToken({
      client,
      subjectToken,
      actorToken: readActorToken(parameters),
      scope: findParameter(parameters, 'scope'),
      targets: ['resource', 'audience'].flatMap(name => listParameter(parameters, name)),
      dpopJkt,
    })
  }
