/**
 * The grants of the token endpoint: a table, from `grant_type` to what answers it. A grant fills in what is its own;
 * client authentication, the client's leave to use the grant and its proof of possession are settled before it is asked
 * (use case `answer-token-request`), and the shape of the answer after it.
 */
import type { GrantType } from '../domain/client.ts'
import { type AuthorizationCodeDeps, createAuthorizationCode } from './authorization-code.ts'
import { type ClientCredentialsDeps, createClientCredentials } from './client-credentials.ts'
import { createDeviceCode, type DeviceCodeDeps } from './device-code.ts'
import { createRefreshToken, type RefreshTokenDeps } from './refresh-token.ts'
import { createTokenExchange, type TokenExchangeDeps } from './token-exchange.ts'
import type { AnswerGrant } from './token-request.ts'

export type { AnswerGrant, IssuedTokens, TokenRequest } from './token-request.ts'

export type GrantsDeps = AuthorizationCodeDeps &
  RefreshTokenDeps &
  ClientCredentialsDeps &
  DeviceCodeDeps &
  TokenExchangeDeps

export type Grants = Readonly<Partial<Record<GrantType, AnswerGrant>>>

export const createGrants = (deps: GrantsDeps): Grants => ({
  authorization_code: createAuthorizationCode(deps),
  refresh_token: createRefreshToken(deps),
  client_credentials: createClientCredentials(deps),
  'urn:ietf:params:oauth:grant-type:device_code': createDeviceCode(deps),
  'urn:ietf:params:oauth:grant-type:token-exchange': createTokenExchange(deps),
})
