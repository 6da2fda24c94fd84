/**
 * The way of a public request through the gateway: find its route, know who asks, count it, pass it on. The order is the
 * protocol: limits lie below the routes, so that no route can miss them (CVE-2025-64102), and a bad bearer still
 * spends the budget of its address.
 */
import { type Handler, type Request, type Response, setRoute } from '@latchkey/runtime/http'
import type { Logger } from '@latchkey/runtime/logger'
import type { Cidr } from '@latchkey/runtime/networks'
import { methodNotAllowed, notFound, tooManyRequests, unavailable } from '@latchkey/runtime/problem'
import { bearerOf } from '@latchkey/sdk'
import { clientAddress } from '../domain/client-address.ts'
import type { Route, RouteMatch } from '../domain/routes.ts'
import type { Authenticated, AuthenticateRequest } from '../usecases/authenticate-request.ts'
import type { Counted, CountRequest } from '../usecases/count-request.ts'
import type { TellBudget } from '../usecases/tell-budget.ts'
import { leaveCorsToService } from './cors.ts'
import { refuseRepeatedCredentials } from './credentials.ts'
import { forwardedHeaders } from './forwarded-headers.ts'
import type { ReverseProxy } from './proxy.ts'
import { refuseLongBody } from './request-body.ts'

export interface PublicRoutesDeps {
  matchRoute: (method: string, path: string) => RouteMatch
  authenticate: AuthenticateRequest
  countRequest: CountRequest
  tellBudget: TellBudget
  recordActivity: (activity: { sessionId: string; at: Date; ipAddress: string }) => void
  proxy: Pick<ReverseProxy, 'forward'>
  trustedProxies: readonly Cidr[]
  publicUrl: URL
  now: () => Date
  logger: Logger
}

/** A target may be a whole URL; the service is to see its path alone. @see RFC 9112 §3.2.2 */
const originForm = (target: string): string => {
  if (target.startsWith('/')) return target
  const { pathname, search } = new URL(target)
  return pathname + search
}

const requireWithin = (counted: Counted, res: Response) => {
  res.set(counted.headers)
  if (counted.outcome === 'within') return counted
  throw tooManyRequests('Rate limit exceeded', counted.retryAfterSeconds)
}

const requireAuthenticated = (authenticated: Authenticated) => {
  if (authenticated.outcome === 'authenticated') return authenticated.claims
  if (authenticated.outcome === 'undecided')
    throw unavailable('The token can not be checked at the moment', 2)
  throw authenticated.error
}

/** What is said of input that is not valid: of its members, its length, its format. */
const invalid: ReadonlySet<number> = new Set([400, 413, 415])

export const createPublicRoutes = (deps: PublicRoutesDeps): Handler => {
  const refundWhenInvalid = (res: Response, refund: () => Promise<void>) =>
    res.once('finish', () => {
      if (!invalid.has(res.statusCode)) return
      refund().catch((error: unknown) =>
        deps.logger.warn({ error }, 'a request was not given back to its budget'),
      )
    })

  /** A preflight belongs to the route that it asks for, where the service answers it. */
  const matchOf = (req: Request): RouteMatch => {
    const wanted = req.method === 'OPTIONS' ? req.get('access-control-request-method') : undefined
    const asked = wanted === undefined ? undefined : deps.matchRoute(wanted, req.path)
    return asked?.outcome === 'matched' && asked.route.ownCors === true
      ? asked
      : deps.matchRoute(req.method, req.path)
  }

  /** Undefined where the answer has ended: OPTIONS that is no preflight asks for the methods. @see RFC 9110 §9.3.7 */
  const routeFor = async (req: Request, address: string, res: Response): Promise<Route | undefined> => {
    const match = matchOf(req)
    if (match.outcome === 'matched') return match.route
    if (match.outcome === 'unknown') throw notFound()
    res.set(await deps.tellBudget({ bucket: match.limit, clientAddress: address }))
    const asksForMethods = req.method === 'OPTIONS' && req.get('access-control-request-method') === undefined
    if (!asksForMethods) throw methodNotAllowed(match.allowed)
    res.status(204).set('Allow', match.allowed.join(', ')).end()
    return undefined
  }

  return async (req, res) => {
    const address = clientAddress(
      req.socket.remoteAddress ?? '',
      req.get('x-forwarded-for'),
      deps.trustedProxies,
    )
    const route = await routeFor(req, address, res)
    if (route === undefined) return
    setRoute(res, route.path)
    const asksWho =
      route.bearer === 'required' || (route.bearer === 'optional' && req.get('authorization') !== undefined)
    const authenticated = asksWho ? await deps.authenticate(() => bearerOf(req)) : undefined
    const claims = authenticated?.outcome === 'authenticated' ? authenticated.claims : undefined
    const counted = await deps.countRequest({
      bucket: route.limit,
      clientAddress: address,
      userId: claims?.sub,
    })
    const { refund } = requireWithin(counted, res)
    if (authenticated !== undefined) {
      const { sid } = requireAuthenticated(authenticated)
      deps.recordActivity({ sessionId: sid, at: deps.now(), ipAddress: address })
    }
    if (route.refundInvalid === true) refundWhenInvalid(res, refund)
    refuseRepeatedCredentials(req)
    refuseLongBody(req)
    const forwarded = {
      path: originForm(req.url),
      headers: forwardedHeaders(req.headers, { clientAddress: address, publicUrl: deps.publicUrl }),
    }
    if (route.ownCors === true) leaveCorsToService(res)
    await deps.proxy.forward(route.upstream, forwarded, req, res)
  }
}
