/**
 * Where every error of a request ends. A problem is answered as it is, what the service knows as it says, an outage
 * as 503; anything else is a 500 that says nothing, and the log says everything.
 */
import type { Logger } from '../logger/index.ts'
import { outageProblem } from '../outage/index.ts'
import { internalError, Problem, toProblemJson } from '../problem/index.ts'
import type { Request, Response } from './messages.ts'

/** Ends the answer; `req` is there for the route, the headers have not been sent. */
export type RenderProblem = (problem: Problem, req: Request, res: Response) => void

export interface ErrorsInit {
  readonly logger: Logger
  readonly mapError?: (error: unknown) => Problem | undefined
  readonly renderProblem?: RenderProblem
}

export const createAnswerError =
  ({ logger, mapError, renderProblem = sendProblem }: ErrorsInit) =>
  (error: unknown, req: Request, res: Response): void => {
    const problem = asProblem(error, mapError)
    if (problem.status >= 500) {
      const members = { status: problem.status, error: problem.cause ?? problem }
      if (problem.status === 500) logger.error(members, 'request failed')
      else logger.warn(members, 'request refused')
    }
    // Half an answer can't be turned into a problem; cutting it off tells the client that it is not whole.
    if (res.headersSent) {
      res.destroy()
      return
    }
    try {
      renderProblem(problem, req, res)
    } catch (cause) {
      logger.error({ error: cause }, 'problem could not be rendered')
      if (res.headersSent) res.destroy()
      else sendProblem(internalError(cause), req, res)
    }
  }

const asProblem = (error: unknown, mapError: ErrorsInit['mapError']): Problem => {
  if (error instanceof Problem) return error
  try {
    return mapError?.(error) ?? outageProblem(error) ?? internalError(error)
  } catch (cause) {
    return internalError(cause)
  }
}

/** Answers with `application/problem+json`. @see RFC 9457 §3 */
export const sendProblem: RenderProblem = (problem, _req, res) => {
  res.status(problem.status).set({ ...problem.headers, 'Cache-Control': 'no-store' })
  res.set('Content-Type', 'application/problem+json').send(JSON.stringify(toProblemJson(problem)))
}
