/** POST /auth/logout: ends the session of the bearer. One that has ended already stays so: 204 again. */
import type { Authenticate } from '@latchkey/contracts'
import type { Route } from '@latchkey/runtime/http'
import type { EndSession } from '../usecases/end-session.ts'

export interface LogoutRoutesDeps {
  authenticate: Authenticate
  endSession: EndSession
}

export const createLogoutRoutes = ({ authenticate, endSession }: LogoutRoutesDeps): readonly Route[] => [
  {
    method: 'POST',
    path: '/auth/logout',
    handler: async (req, res) => {
      const { userId, sessionId, token } = await authenticate(req)
      await endSession({ id: sessionId, userId, reason: 'logout', token })
      res.status(204).end()
    },
  },
]
