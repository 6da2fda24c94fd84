/** POST /oauth/revoke. @see RFC 7009 */
import type { Route } from '@latchkey/runtime/http'
import type { RevokeToken } from '../usecases/revoke-token.ts'
import { readClientRequest } from './client-request.ts'

export interface RevokeRoutesDeps {
  readonly revokeToken: RevokeToken
}

export const createRevokeRoutes = ({ revokeToken }: RevokeRoutesDeps): readonly Route[] => [
  {
    method: 'POST',
    path: '/oauth/revoke',
    handler: async (req, res) => {
      await revokeToken(await readClientRequest(req))
      // The body says nothing (§2.2).
      res.status(200).end()
    },
  },
]
