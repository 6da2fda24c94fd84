/**
 * One log line and one measurement for each request, when its answer has ended. They name the route's pattern,
 * never the raw path or the query string, which may hold ids, codes and tokens.
 */
import type { RequestContext } from '../context/index.ts'
import { type Logger, placeInTrace } from '../logger/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Request, Response } from './messages.ts'

export interface RecordAccessDeps {
  readonly logger: Logger
  readonly metrics?: Metrics
  /** The gateway in front has a line for each request too: what went well is told by that one alone, but for DEBUG. */
  readonly behindGateway?: boolean
}

export const createRecordAccess =
  ({ logger, metrics, behindGateway = false }: RecordAccessDeps) =>
  (context: RequestContext, req: Request, res: Response): void => {
    const startedMs = performance.now()
    res.once('close', () => {
      const durationMs = performance.now() - startedMs
      const method = methodOf(req)
      const route = res.route ?? 'unmatched'
      // 499 as nginx has it: the client left before there was an answer.
      const status = res.headersSent ? res.statusCode : 499
      metrics?.httpRequestDuration.observe({ method, route, status }, durationMs / 1_000)
      // The listener runs in the socket's context, not in the request's.
      const line = {
        ...placeInTrace(context),
        method,
        route,
        status,
        duration_ms: Math.round(durationMs * 10) / 10,
        ...(res.writableFinished ? {} : { aborted: true }),
      }
      const isToldInFront = behindGateway && status < 400 && res.writableFinished
      logger[isToldInFront ? 'debug' : 'info'](line, 'request')
    })
  }

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

// Node's parser knows thirty more methods; none of them may widen a label.
const methodOf = ({ method }: Request): string => (methods.has(method) ? method : 'OTHER')
