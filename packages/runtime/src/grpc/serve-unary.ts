/**
 * What every unary call goes through on its way to a handler: request context, caller check, deadline,
 * translation of failures, log line and metric. A handler cannot forget any of them.
 */
import { type handleUnaryCall, Metadata, type ServerErrorResponse, type ServerUnaryCall } from '@grpc/grpc-js'
import { createContext, withContext } from '../context/index.ts'
import type { Logger } from '../logger/index.ts'
import type { Metrics } from '../metrics/index.ts'
import { outageRpcError } from '../outage/index.ts'
import type { BoundService, InboundCall } from './bind-service.ts'
import { withCallScope } from './call-scope.ts'
import { findCaller, getAllowedCaller } from './caller.ts'
import { encodeErrorDetails } from './error-details.ts'
import { RpcError } from './rpc-error.ts'
import { type RpcStatus, statusCode } from './status.ts'

export interface ServeDeps {
  readonly allowedCallers: readonly string[]
  readonly logger: Logger
  readonly metrics?: Pick<Metrics, 'grpcServerDuration'>
}

/** Wraps the handler of the method at `path` for grpc-js. */
export const serveUnary =
  (
    path: string,
    handler: (request: unknown, call: InboundCall) => Promise<unknown>,
    toRpcError: BoundService['toRpcError'],
    { allowedCallers, logger, metrics }: ServeDeps,
  ): handleUnaryCall<unknown, unknown> =>
  (call, callback) => {
    const startedAt = performance.now()
    const context = createContext(incomingContext(call))
    const cancelled = new AbortController()
    let isFinished = false
    // grpc-js tells of it when the stream closes: of calls that were answered, too.
    call.on('cancelled', () => {
      if (!isFinished) cancelled.abort()
    })

    const caller = findCaller(call)

    const finish = (outcome: RpcStatus | 'OK', reason?: string) => {
      isFinished = true
      const status = cancelled.signal.aborted ? 'CANCELLED' : outcome
      const seconds = (performance.now() - startedAt) / 1000
      metrics?.grpcServerDuration.observe({ method: path, status }, seconds)
      const durationMs = Math.round(seconds * 1000)
      // What went well is one of many steps of a request, which has a line of its own.
      const log = status === 'OK' ? logger.debug : logger.info
      log({ method: path, status, reason, caller, duration_ms: durationMs }, 'rpc served')
    }

    const work = async () => {
      try {
        const allowed = getAllowedCaller(caller, allowedCallers)
        const response = await handler(call.request, { caller: allowed, signal: cancelled.signal })
        callback(null, response, trailersOf(context.requestId))
        finish('OK')
      } catch (cause) {
        const error = publicError(cause, toRpcError)
        if (error === internalError) logger.error({ method: path, caller, error: cause }, 'rpc failed')
        callback(wireError(error, context.requestId))
        finish(error.status, error.reason)
      }
    }
    withContext(context, () => withCallScope(cancelled.signal, work))
  }

const incomingContext = (call: ServerUnaryCall<unknown, unknown>) => {
  const [requestId] = call.metadata.get('x-request-id')
  const [traceparent] = call.metadata.get('traceparent')
  const deadline = call.getDeadline()
  const deadlineAt = deadline === Number.POSITIVE_INFINITY ? undefined : new Date(deadline)
  return { requestId, traceparent: traceparent?.toString(), deadlineAt }
}

/** All that a caller learns of what was not meant for it. */
const internalError = new RpcError('INTERNAL_ERROR', 'INTERNAL', 'internal error')

const publicError = (error: unknown, toRpcError: BoundService['toRpcError']): RpcError =>
  error instanceof RpcError ? error : (toRpcError?.(error) ?? outageRpcError(error) ?? internalError)

const wireError = (error: RpcError, requestId: string): Partial<ServerErrorResponse> => {
  const metadata = trailersOf(requestId)
  metadata.merge(encodeErrorDetails(error))
  return { code: statusCode(error.status), details: error.message, metadata }
}

/** The request id goes back too, so that a caller without one can name what it asks about. */
const trailersOf = (requestId: string): Metadata => {
  const trailers = new Metadata()
  trailers.set('x-request-id', requestId)
  return trailers
}
