/**
 * What one request is known by on its way through a process: its request id and its place in the trace.
 * Kept in AsyncLocalStorage, so that a log line or an outgoing call needs no argument to carry it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { isSpanContextValid, trace } from '@opentelemetry/api'
import { createUuid } from '../ids/index.ts'
import { createSpanId, createTraceId, formatTraceparent, parseTraceparent } from './traceparent.ts'

export interface RequestContext {
  readonly requestId: string
  readonly traceId: string
  readonly spanId: string
  /** The header value that an outgoing call sends on. */
  readonly traceparent: string
  /** When the caller stops waiting; outgoing calls end by then. */
  readonly deadlineAt?: Date
}

const storage = new AsyncLocalStorage<RequestContext>()

const requestIdFormat = /^[A-Za-z0-9._-]{1,128}$/

/** True for a request id that may be kept and repeated in headers and logs. */
export const isRequestId = (value: unknown): value is string =>
  typeof value === 'string' && requestIdFormat.test(value)

interface Trace {
  readonly traceId: string
  readonly spanId: string
  readonly traceparent: string
}

const activeSpan = (): Trace | undefined => {
  const span = trace.getActiveSpan()?.spanContext()
  if (span === undefined || !isSpanContextValid(span)) return undefined
  const { traceId, spanId } = span
  const flags = span.traceFlags.toString(16).padStart(2, '0')
  return { traceId, spanId, traceparent: formatTraceparent({ traceId, spanId, flags }) }
}

// Sampled by default: a service further on that does record then keeps the trace, though this one does not.
const ownSpan = (header: string | undefined): Trace => {
  const parent = parseTraceparent(header)
  const traceId = parent?.traceId ?? createTraceId()
  const spanId = createSpanId()
  return {
    traceId,
    spanId,
    traceparent: formatTraceparent({ traceId, spanId, flags: parent?.flags ?? '01' }),
  }
}

/**
 * The context of a new request, from what the caller sent: a valid request id is kept, otherwise one is made;
 * the trace is the recorded span's where telemetry is on, else a child of `traceparent`, else a new one.
 */
export const createContext = (
  incoming: { requestId?: unknown; traceparent?: string | undefined; deadlineAt?: Date | undefined } = {},
): RequestContext => ({
  requestId: isRequestId(incoming.requestId) ? incoming.requestId : createUuid(),
  ...(activeSpan() ?? ownSpan(incoming.traceparent)),
  ...(incoming.deadlineAt === undefined ? {} : { deadlineAt: incoming.deadlineAt }),
})

/** Runs `work` with `context` as the current one, through every await below it. */
export const withContext = <Result>(context: RequestContext, work: () => Result): Result =>
  storage.run(context, work)

/** The context of the request being served, with the innermost recorded span; undefined outside of any. */
export const currentContext = (): RequestContext | undefined => {
  const context = storage.getStore()
  if (context === undefined) return undefined
  const span = activeSpan()
  return span === undefined ? context : { ...context, ...span }
}

/** The headers (HTTP) or metadata (gRPC) by which the next process joins this request; empty outside of any. */
export const propagationHeaders = (): Record<string, string> => {
  const context = currentContext()
  return context === undefined ? {} : { 'x-request-id': context.requestId, traceparent: context.traceparent }
}
