/** POST /auth/refresh. */
import { type Route, readJson, requestIp } from '@latchkey/runtime/http'
import { Problem, unavailable } from '@latchkey/runtime/problem'
import { z } from 'zod'
import type { RefreshTokens } from '../usecases/refresh-tokens.ts'

const body = z.object({ refresh_token: z.string({ error: 'must be text' }).min(1, 'must not be empty') })

/** One answer for whatever is wrong with a refresh token: who probes learns nothing. */
const invalidRefreshToken = () =>
  new Problem({ status: 401, code: 'INVALID_REFRESH_TOKEN', detail: 'Invalid or expired refresh token' })

export interface RefreshRoutesDeps {
  readonly refreshTokens: RefreshTokens
}

export const createRefreshRoutes = ({ refreshTokens }: RefreshRoutesDeps): readonly Route[] => [
  {
    method: 'POST',
    path: '/auth/refresh',
    handler: async (req, res) => {
      const { refresh_token: rawToken } = await readJson(req, body)
      const result = await refreshTokens({ rawToken, ipAddress: requestIp(req) })
      if (result.outcome === 'refused') throw invalidRefreshToken()
      if (result.outcome === 'undecided') throw unavailable('Sessions can’t be checked at the moment', 2)
      const { accessToken, refreshToken, expiresInSeconds, refreshExpiresInSeconds } = result.tokens
      res.setHeader('Cache-Control', 'no-store')
      res.json({
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: 'Bearer',
        expires_in: expiresInSeconds,
        refresh_expires_in: refreshExpiresInSeconds,
      })
    },
  },
]
