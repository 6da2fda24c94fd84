/** `refresh_token`. @see draft OAuth 2.1 §4.3 */
import { findParameter, getParameter, listParameter } from '@latchkey/oauth'
import type { RefreshGrant } from '../usecases/refresh-grant.ts'
import type { AnswerGrant } from './token-request.ts'

export interface RefreshTokenDeps {
  readonly refreshGrant: RefreshGrant
}

export const createRefreshToken =
  ({ refreshGrant }: RefreshTokenDeps): AnswerGrant =>
  ({ client, parameters, ipAddress, dpopJkt }) =>
    refreshGrant({
      client,
      rawToken: getParameter(parameters, 'refresh_token'),
      scope: findParameter(parameters, 'scope'),
      resources: listParameter(parameters, 'resource'),
      dpopJkt,
      ipAddress,
    })
