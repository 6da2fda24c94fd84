/**
 * What every route of the admin API has in common: a bearer of an operator's client with the route's scope, looked at
 * before anything else. The token service judges it, its revocation, its client and its key included: a scope that was
 * taken away is gone at once.
 */
import type { Request, Response, Route } from '@latchkey/runtime/http'
import type { Admin, AuthorizeAdmin } from '../domain/admin.ts'

export interface AdminRoute extends Pick<Route, 'method' | 'path'> {
  /** `admin:users:read` */
  readonly scope: `admin:${'users' | 'sessions'}:${'read' | 'write'}`
  readonly handler: (req: Request, res: Response, admin: Admin) => Promise<void>
}

export interface AdminGuardDeps {
  /** @throws BearerRefused */
  readonly authorizeAdmin: AuthorizeAdmin
}

export const guardAdminRoutes = (
  { authorizeAdmin }: AdminGuardDeps,
  routes: readonly AdminRoute[],
): readonly Route[] =>
  routes.map(({ method, path, scope, handler }) => ({
    method,
    path,
    handler: async (req, res) => {
      const { authorization = [], dpop: proofs = [] } = req.headersDistinct
      const call = { authorization, proofs, method: req.method, path: req.path }
      const { admin, dpopNonce } = await authorizeAdmin(call, scope)
      if (dpopNonce !== undefined) res.setHeader('DPoP-Nonce', dpopNonce)
      await handler(req, res, admin)
    },
  }))
