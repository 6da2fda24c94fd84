/**
 * What every unary call goes through on its way to a handler: request context, caller check, deadline,
 * translation of failures, log line and metric. A handler cannot forget any of them.
 */
import { type handleUnaryCall, Metadata, type ServerErrorResponse, type ServerUnaryCall } from '@grpc/grpc-js'
import { createContext, withContext } from '../context/index.ts'
import type { Logger } from '../logger/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { BoundService, InboundCall } from './bind-service.ts'
import { withCallScope } from './call-scope.ts'
import { getCaller } from './caller.ts'
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
    call.on('cancelled', () => cancelled.abort())

    const finish = (outcome: RpcStatus | 'OK', caller: string | undefined) => {
      const status = cancelled.signal.aborted ? 'CANCELLED' : outcome
      const seconds = (performance.now() - startedAt) / 1000
      metrics?.grpcServerDuration.observe({ method: path, status }, seconds)
      logger.info({ method: path, status, caller, duration_ms: Math.round(seconds * 1000) }, 'rpc served')
    }

    const work = async () => {
      let caller: string | undefined
      try {
        caller = getCaller(call, allowedCallers)
        const response = await handler(call.request, { caller, signal: cancelled.signal })
        callback(null, response, trailersOf(context.requestId))
        finish('OK', caller)
      } catch (cause) {
        const error = publicError(cause, toRpcError)
        if (error === undefined) logger.error({ method: path, caller, error: cause }, 'rpc failed')
        callback(wireError(error, context.requestId))
        finish(error?.status ?? 'INTERNAL', caller)
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

const publicError = (error: unknown, toRpcError: BoundService['toRpcError']): RpcError | undefined =>
  error instanceof RpcError ? error : toRpcError?.(error)

const trailersOf = (requestId: string): Metadata => {
  const trailers = new Metadata()
  trailers.set('x-request-id', requestId)
  return trailers
}

/** What was not meant for the caller becomes INTERNAL and says no more than that. */
const wireError = (error: RpcError | undefined, requestId: string): Partial<ServerErrorResponse> => {
  const known = error ?? new RpcError('INTERNAL_ERROR', 'INTERNAL', 'internal error')
  const metadata = encodeErrorDetails(known)
  metadata.set('x-request-id', requestId)
  return { code: statusCode(known.status), details: known.message, metadata }
}
