/**
 * The express application of a service, out of a table of routes. What every answer has in common is here, in
 * the order in which it happens; a route fills in only what is its own, and cannot forget a shared step.
 */
import express, { type Express, type RequestHandler } from 'express'
import type { Logger } from '../logger/index.ts'
import type { Metrics } from '../metrics/index.ts'
import { notFound, type Problem } from '../problem/index.ts'
import { recordAccess } from './access.ts'
import { handleErrors, type RenderProblem } from './errors.ts'
import { enterRequestContext } from './request-context.ts'
import { refuseMalformedTarget } from './request-target.ts'
import { mountRoutes, type Route } from './routes.ts'
import { securityHeaders } from './security-headers.ts'

export interface HttpAppInit {
  readonly logger: Logger
  readonly routes: readonly Route[]
  readonly metrics?: Metrics
  /** Sends `Strict-Transport-Security`: only where users reach this process, or its gateway, by https. */
  readonly strictTransportSecurity?: boolean
  /** Run before the routes, for each request. */
  readonly before?: readonly RequestHandler[]
  /** Run where no route has the path; a 404 problem by default. */
  readonly fallback?: RequestHandler
  /** Turns errors of the service's own into problems; undefined leaves them to the rules here: 503 for outages, else 500. */
  readonly mapError?: (error: unknown) => Problem | undefined
  /** Writes a problem in another form, such as OAuth's; problem JSON by default. */
  readonly renderProblem?: RenderProblem
}

export const createHttpApp = (init: HttpAppInit): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  // One spelling for each resource, so that limits at the gateway and routes here mean the same thing.
  app.enable('case sensitive routing')
  app.enable('strict routing')

  app.use(enterRequestContext)
  app.use(recordAccess(init))
  app.use(securityHeaders(init))
  app.use(refuseMalformedTarget)
  for (const handler of init.before ?? []) app.use(handler)
  mountRoutes(app, init.routes)
  app.use(
    init.fallback ??
      (() => {
        throw notFound()
      }),
  )
  app.use(handleErrors(init))
  return app
}
