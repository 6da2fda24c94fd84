/** Makes the context of a request: a valid `X-Request-Id` is kept, and every answer carries it. */
import { createContext, type RequestContext } from '../context/index.ts'
import type { Request, Response } from './messages.ts'

export const enterRequestContext = (req: Request, res: Response): RequestContext => {
  const context = createContext({
    requestId: req.headers['x-request-id'],
    traceparent: req.get('traceparent'),
  })
  res.setHeader('X-Request-Id', context.requestId)
  return context
}
