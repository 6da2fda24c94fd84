/** POST /oauth/par. @see RFC 9126 §2 */
import type { Route } from '@latchkey/runtime/http'
import type { DpopNonces } from '../dpop/nonces.ts'
import type { PushRequest } from '../usecases/push-request.ts'
import { readClientRequest } from './client-request.ts'
import { offeringDpopNonce } from './dpop.ts'

export interface ParRoutesDeps {
  readonly pushRequest: PushRequest
  readonly dpopNonces: Pick<DpopNonces, 'current'>
}

export const createParRoutes = ({ pushRequest, dpopNonces }: ParRoutesDeps): readonly Route[] => [
  {
    method: 'POST',
    path: '/oauth/par',
    handler: offeringDpopNonce(dpopNonces, async (req, res) => {
      const { requestUri, expiresInSeconds } = await pushRequest(await readClientRequest(req))
      res
        .status(201)
        .set('Cache-Control', 'no-store')
        .json({ request_uri: requestUri, expires_in: expiresInSeconds })
    }),
  },
]
