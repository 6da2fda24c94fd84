/** A service's methods as plain async functions, typed by its proto: no callbacks, no metadata, no transport. */
import type { ServiceDefinition } from '@grpc/grpc-js'
import { type MethodName, type RequestOutput, type ResponseInput, unaryMethods } from './methods.ts'
import type { RpcError } from './rpc-error.ts'

/** What a handler may want to know about the call that it serves. */
export interface InboundCall {
  /** The name in the caller's certificate. */
  readonly caller: string
  /** Aborted when the caller gave up or its deadline passed: nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/** One function per unary method: the decoded request in, the response out, failures thrown. */
export type UnaryHandlers<Definition extends ServiceDefinition> = {
  readonly [Name in MethodName<Definition> as Uncapitalize<Name>]: (
    request: RequestOutput<Definition[Name]>,
    call: InboundCall,
  ) => Promise<ResponseInput<Definition[Name]>>
}

export interface ServiceBindingOptions {
  /**
   * Gives the wire error for one of the service's own; undefined for what it does not know. Of the rest, an
   * `RpcError` is sent as it is, an outage of the database or of another service as UNAVAILABLE, and
   * anything else as INTERNAL, without its message.
   */
  readonly toRpcError?: (error: unknown) => RpcError | undefined
}

type UnaryHandler = (request: unknown, call: InboundCall) => Promise<unknown>

/** A service that a server can serve. Made by `bindService`. */
export interface BoundService extends ServiceBindingOptions {
  readonly definition: ServiceDefinition
  readonly handlers: Readonly<Record<string, UnaryHandler>>
}

/**
 * Binds handlers to a service's definition.
 * @throws TypeError where a unary method has no handler
 */
export const bindService = <Definition extends ServiceDefinition>(
  definition: Definition,
  handlers: UnaryHandlers<Definition>,
  options: ServiceBindingOptions = {},
): BoundService => {
  // Each handler is only ever given what its own method has decoded.
  const untyped = handlers as Readonly<Record<string, UnaryHandler>>
  for (const { name, definition: method } of unaryMethods(definition)) {
    if (typeof untyped[name] !== 'function') throw new TypeError(`no handler for ${method.path}`)
  }
  return { ...options, definition, handlers: untyped }
}
