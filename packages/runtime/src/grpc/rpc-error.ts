/**
 * Failures of calls: `RpcError` is what a server answers on purpose, `RpcFailure` what a client gets.
 * The reason is the contract (it stands in the proto's comments); the message is for people, and public.
 */
import type { RpcStatus } from './status.ts'

/** Facts about a failure that the caller may act on; never secrets. */
export type RpcErrorMetadata = Readonly<Record<string, string>>

/** Thrown by a handler to fail its call with a status, a reason and a message that the caller may see. */
export class RpcError extends Error {
  readonly reason: string
  readonly status: RpcStatus
  readonly metadata: RpcErrorMetadata

  /** @param reason upper snake case, stable: SESSION_NOT_FOUND */
  constructor(
    reason: string,
    status: RpcStatus,
    message: string,
    { metadata = {}, cause }: { metadata?: RpcErrorMetadata; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'RpcError'
    this.reason = reason
    this.status = status
    this.metadata = metadata
  }
}

/** What a call to another service failed with. */
export class RpcFailure extends Error {
  readonly status: RpcStatus
  /** The server's reason; undefined where the call never reached a handler. */
  readonly reason: string | undefined
  readonly metadata: RpcErrorMetadata
  /** The full path of the method: /latchkey.session.v1.SessionService/GetSession. */
  readonly method: string

  constructor(
    init: { status: RpcStatus; reason: string | undefined; metadata: RpcErrorMetadata; method: string },
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'RpcFailure'
    this.status = init.status
    this.reason = init.reason
    this.metadata = init.metadata
    this.method = init.method
  }
}

const unavailableStatuses: ReadonlySet<RpcStatus> = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'])

/** Whether a call failed because the other service, or the way to it, was away; whether it acted is unknown. */
export const isUnavailable = (error: unknown): error is RpcFailure =>
  error instanceof RpcFailure && unavailableStatuses.has(error.status)
