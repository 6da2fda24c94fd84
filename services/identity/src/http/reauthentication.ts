/**
 * Changes that matter ask for a proof of who it is that is not older than some minutes: the sign-in itself, or
 * `POST /auth/reauthenticate`.
 */
import type { Authenticate } from '@latchkey/contracts'
import type { Request } from '@latchkey/runtime/http'
import { type Route, readJson, requestIp } from '@latchkey/runtime/http'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { IsRecentlyAuthenticated } from '../usecases/is-recently-authenticated.ts'
import type { Reauthenticate } from '../usecases/reauthenticate.ts'
import type { ReauthenticateWithCode } from '../usecases/reauthenticate-with-code.ts'
import type { VouchForSession } from '../usecases/vouch-for-session.ts'
import { deviceHashOf } from './device.ts'
import { refusals } from './refusals.ts'
import type { Schemas } from './schemas.ts'

export interface RequireRecentDeps {
  readonly authenticate: Authenticate
  readonly isRecentlyAuthenticated: IsRecentlyAuthenticated
}

/** The bearer's user, who has proven lately who they are. @throws Problem 403 `REAUTHENTICATION_REQUIRED` */
export const createAuthenticateRecent =
  ({ authenticate, isRecentlyAuthenticated }: RequireRecentDeps) =>
  async (req: Request): Promise<{ readonly userId: UserId; readonly sessionId: SessionId }> => {
    const { userId, sessionId } = await authenticate(req)
    if (!(await isRecentlyAuthenticated({ userId, sessionId }))) throw refusals.reauthentication_required()
    return { userId, sessionId }
  }

export type AuthenticateRecent = ReturnType<typeof createAuthenticateRecent>

export interface ReauthenticationRoutesDeps {
  readonly schemas: Schemas
  readonly authenticate: Authenticate
  readonly reauthenticate: Reauthenticate
  readonly reauthenticateWithCode: ReauthenticateWithCode
  readonly vouchForSession: VouchForSession
}

export const createReauthenticationRoutes = (deps: ReauthenticationRoutesDeps): readonly Route[] => [
  {
    method: 'POST',
    path: '/auth/reauthenticate',
    handler: async (req, res) => {
      const { userId, sessionId } = await deps.authenticate(req)
      const proof = await readJson(req, deps.schemas.reauthenticate)
      const who = { userId, sessionId, device: deviceHashOf(req) }
      const result =
        proof.password !== undefined
          ? await deps.reauthenticate({ ...who, password: proof.password })
          : await deps.reauthenticateWithCode({ ...who, code: proof.code })
      if (result.outcome === 'gone') throw refusals.gone()
      if (result.outcome === 'locked') throw refusals.locked(result)
      if (result.outcome === 'password_reset_required') throw refusals.password_reset_required()
      if (result.outcome === 'wrong')
        throw proof.password !== undefined ? refusals.wrong_password('password') : refusals.wrong_code(400)
      await deps.vouchForSession(userId, sessionId, requestIp(req))
      res.status(204).end()
    },
  },
]
