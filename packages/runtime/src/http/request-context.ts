/** Puts a request into its context: a valid `X-Request-Id` is kept, and every answer carries it. */
import type { RequestHandler } from 'express'
import { createContext, withContext } from '../context/index.ts'

export const enterRequestContext: RequestHandler = (req, res, next) => {
  const context = createContext({ requestId: req.get('x-request-id'), traceparent: req.get('traceparent') })
  res.setHeader('X-Request-Id', context.requestId)
  withContext(context, next)
}
