/** POST /oauth/token. @see draft OAuth 2.1 §3.2 */
import type { Route } from '@latchkey/runtime/http'
import type { DpopNonces } from '../dpop/nonces.ts'
import type { IssuedTokens } from '../grants/index.ts'
import type { AnswerTokenRequest } from '../usecases/answer-token-request.ts'
import { readClientRequest } from './client-request.ts'
import { offeringDpopNonce } from './dpop.ts'

/** Members without a value are left out. */
const toTokenResponse = (tokens: IssuedTokens) => ({
  access_token: tokens.accessToken,
  token_type: tokens.isDpopBound ? 'DPoP' : 'Bearer',
  expires_in: tokens.expiresInSeconds,
  scope: tokens.scope === '' ? undefined : tokens.scope,
  refresh_token: tokens.refreshToken,
  refresh_expires_in: tokens.refreshExpiresInSeconds,
  id_token: tokens.idToken,
  issued_token_type: tokens.issuedTokenType,
})

export interface TokenRoutesDeps {
  readonly answerTokenRequest: AnswerTokenRequest
  readonly dpopNonces: Pick<DpopNonces, 'current'>
}

export const createTokenRoutes = ({ answerTokenRequest, dpopNonces }: TokenRoutesDeps): readonly Route[] => [
  {
    method: 'POST',
    path: '/oauth/token',
    handler: offeringDpopNonce(dpopNonces, async (req, res) => {
      const tokens = await answerTokenRequest(await readClientRequest(req))
      res.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' }).json(toTokenResponse(tokens))
    }),
  },
]
