/** What every route of the admin API has in common: a bearer with the route's scope, looked at before anything else. */
import type { Request, Response, Route } from '@latchkey/runtime/http'
import type { DpopNonces } from '../dpop/nonces.ts'
import type { Admin, AuthorizeAdmin } from '../usecases/authorize-admin.ts'
import { offeringDpopNonce } from './dpop.ts'

export interface AdminRoute extends Pick<Route, 'method' | 'path'> {
  /** `admin:clients:read` */
  readonly scope: string
  readonly handler: (req: Request, res: Response, admin: Admin) => Promise<void>
}

export interface AdminGuardDeps {
  readonly authorizeAdmin: AuthorizeAdmin
  readonly dpopNonces: Pick<DpopNonces, 'current'>
}

export const guardAdminRoutes = (
  { authorizeAdmin, dpopNonces }: AdminGuardDeps,
  routes: readonly AdminRoute[],
): readonly Route[] =>
  routes.map(({ method, path, scope, handler }) => ({
    method,
    path,
    handler: offeringDpopNonce(dpopNonces, async (req, res) => {
      const { authorization, dpop: proofs } = req.headersDistinct
      const admin = await authorizeAdmin({ authorization, proofs, method: req.method, path: req.path }, scope)
      await handler(req, res, admin)
    }),
  }))
