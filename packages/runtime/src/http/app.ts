/**
 * The HTTP application of a service, out of a table of routes. What every answer has in common is here, in
 * the order in which it happens; a route fills in only what is its own, and cannot forget a shared step.
 */
import { withContext } from '../context/index.ts'
import type { Logger } from '../logger/index.ts'
import type { Metrics } from '../metrics/index.ts'
import { notFound, type Problem } from '../problem/index.ts'
import { createRecordAccess } from './access.ts'
import { createAnswerError, type RenderProblem } from './errors.ts'
import type { Request, Response } from './messages.ts'
import { enterRequestContext } from './request-context.ts'
import { answersTarget } from './request-target.ts'
import { createRouteTable, type Handler, type Route } from './routes.ts'
import { securityHeadersOf } from './security-headers.ts'

/** Runs before the routes; true where it has ended the answer. */
export type Before = (req: Request, res: Response) => boolean | Promise<boolean>

export interface HttpAppInit {
  readonly logger: Logger
  readonly routes: readonly Route[]
  readonly metrics?: Metrics
  /** Where only a gateway of this kind reaches this process: what that one tells browsers is left to it. */
  readonly behindGateway?: boolean
  /** Sends `Strict-Transport-Security`: only where users reach this process by https. */
  readonly strictTransportSecurity?: boolean
  /** Run before the routes, for each request. */
  readonly before?: readonly Before[]
  /** Run where no route has the path; a 404 problem by default. */
  readonly fallback?: Handler
  /** Turns errors of the service's own into problems; undefined leaves them to the rules here: 503 for outages, else 500. */
  readonly mapError?: (error: unknown) => Problem | undefined
  /** Writes a problem in another form, such as OAuth's; problem JSON by default. */
  readonly renderProblem?: RenderProblem
}

/** What a server calls for each request. */
export type HttpApp = (req: Request, res: Response) => void

const refuseUnknownPath: Handler = () => {
  throw notFound()
}

export const createHttpApp = (init: HttpAppInit): HttpApp => {
  const { before = [], fallback = refuseUnknownPath } = init
  const answerFromTable = createRouteTable(init.routes)
  const answerError = createAnswerError(init)
  const recordAccess = createRecordAccess(init)
  const securityHeaders = securityHeadersOf(init)

  const answer = async (req: Request, res: Response): Promise<void> => {
    try {
      if (answersTarget(req, res)) return
      for (const step of before) if (await step(req, res)) return
      if ((await answerFromTable(req, res)) === false) await fallback(req, res)
    } catch (error) {
      answerError(error, req, res)
    }
  }

  return (req, res) => {
    const context = enterRequestContext(req, res)
    recordAccess(context, req, res)
    res.setHeaders(securityHeaders)
    if (init.behindGateway === true) res.sendDate = false
    void withContext(context, () => answer(req, res))
  }
}
