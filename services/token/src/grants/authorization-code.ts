/** `authorization_code`. @see draft OAuth 2.1 §4.1.3 */
import { findParameter, getParameter, listParameter } from '@latchkey/oauth'
import type { RedeemCode } from '../usecases/redeem-code.ts'
import type { AnswerGrant } from './token-request.ts'

export interface AuthorizationCodeDeps {
  readonly redeemCode: RedeemCode
}

export const createAuthorizationCode =
  ({ redeemCode }: AuthorizationCodeDeps): AnswerGrant =>
  ({ client, parameters, dpopJkt }) =>
    redeemCode({
      client,
      code: getParameter(parameters, 'code'),
      redirectUri: findParameter(parameters, 'redirect_uri'),
      codeVerifier: findParameter(parameters, 'code_verifier'),
      resources: listParameter(parameters, 'resource'),
      dpopJkt,
    })
