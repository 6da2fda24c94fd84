/**
 * A client of another service: one promise per unary method, typed by its proto. Every call has a deadline,
 * carries the request id and the trace, and ends with the request that it is made for.
 */
import { setTimeout as delay } from 'node:timers/promises'
import {
  Client,
  type ClientOptions,
  Metadata,
  type ServiceDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import type { TlsMaterial } from '../certificates/tls-files.ts'
import { propagationHeaders } from '../context/index.ts'
import type { Metrics } from '../metrics/index.ts'
import { inheritedBounds } from './call-scope.ts'
import { createClientCredentials } from './credentials.ts'
import { decodeErrorDetails } from './error-details.ts'
import { type MethodName, type RequestInput, type ResponseOutput, unaryMethods } from './methods.ts'
import { RpcFailure } from './rpc-error.ts'
import { createServiceConfig } from './service-config.ts'
import { statusName } from './status.ts'

export interface GrpcClientInit {
  /** dns:///session.latchkey.svc:9443, a name of all replicas' addresses. */
  readonly target: string
  readonly tls: TlsMaterial
  /** The process name in the server's certificate, whatever host the target names: `session`. */
  readonly serverName: string
  /** How long a call may take; 2,000 by default, less where the request that it serves has less left. */
  readonly deadlineMs?: number
  readonly metrics?: Pick<Metrics, 'grpcClientDuration'>
  /** The shortest time between two look-ups of the name; 5,000 by default. */
  readonly minResolutionIntervalMs?: number
}

export interface CallOptions {
  /** Instead of the client's own. */
  readonly deadlineMs?: number
}

/** One function per unary method. Each throws `RpcFailure` and nothing else. */
export type UnaryCalls<Definition extends ServiceDefinition> = {
  readonly [Name in MethodName<Definition> as Uncapitalize<Name>]: (
    request: RequestInput<Definition[Name]>,
    options?: CallOptions,
  ) => Promise<ResponseOutput<Definition[Name]>>
}

export type GrpcClient<Definition extends ServiceDefinition> = UnaryCalls<Definition> & { close(): void }

/** Makes a client; it connects at its first call. One per target is enough for any number of calls. */
export const createGrpcClient = <Definition extends ServiceDefinition>(
  definition: Definition,
  init: GrpcClientInit,
): GrpcClient<Definition> => {
  const { deadlineMs: ownDeadlineMs = 2_000, metrics } = init
  const client = new Client(init.target, createClientCredentials(init.tls), clientOptions(definition, init))

  const calls = unaryMethods(definition).map(({ name, definition: method }) => {
    const { path, requestSerialize, responseDeserialize } = method
    const callOnce = (request: unknown, { deadline, signal }: Bounds) =>
      new Promise<Outcome>(resolve => {
        const stopTimer = metrics?.grpcClientDuration.startTimer({ method: path })
        const active = client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          outgoingMetadata(),
          { deadline },
          (error, response) => {
            signal?.removeEventListener('abort', cancel)
            stopTimer?.({ status: error === null ? 'OK' : statusName(error.code) })
            resolve(error === null ? { response } : { error })
          },
        )
        const cancel = () => active.cancel()
        if (signal?.aborted) cancel()
        else signal?.addEventListener('abort', cancel)
      })
    const call = async (request: unknown, { deadlineMs = ownDeadlineMs }: CallOptions = {}) => {
      const { deadlineAt, signal } = inheritedBounds()
      const deadline = Math.min(Date.now() + deadlineMs, deadlineAt?.getTime() ?? Number.POSITIVE_INFINITY)
      for (let pauseMs = 10; ; pauseMs *= 2) {
        const outcome = await callOnce(request, { deadline, signal })
        if ('response' in outcome) return outcome.response
        if (!isRefused(outcome.error) || pauseMs > longestPauseMs) throw toFailure(outcome.error, path)
        await delay(pauseMs)
      }
    }
    return [name, call] as const
  })
  // The keys are the definition's own method names, and each call decodes what its method answers.
  return { ...Object.fromEntries(calls), close: () => client.close() } as GrpcClient<Definition>
}

type Outcome = { readonly response: unknown } | { readonly error: ServiceError }

interface Bounds {
  readonly deadline: number
  readonly signal: AbortSignal | undefined
}

// Four times besides gRPC's own two, over 150 ms.
const longestPauseMs = 80

/**
 * A server that leaves, or ends an old connection, refuses what comes too late for it, unread: such a call may always be
 * sent again (RFC 9113 §8.7). gRPC does so once, and may meet the same connection, or another that ends.
 */
const isRefused = ({ code, details }: ServiceError): boolean =>
  code === status.UNAVAILABLE && details === 'Stream refused by server'

const outgoingMetadata = (): Metadata => {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(propagationHeaders())) metadata.set(name, value)
  return metadata
}

const toFailure = (error: ServiceError, method: string): RpcFailure => {
  const details = decodeErrorDetails(error.metadata)
  const init = {
    status: statusName(error.code),
    reason: details?.reason,
    metadata: details?.metadata ?? {},
    method,
  }
  return new RpcFailure(init, error.details, { cause: error })
}

const clientOptions = (
  definition: ServiceDefinition,
  { serverName, minResolutionIntervalMs = 5_000 }: GrpcClientInit,
): ClientOptions => ({
  'grpc.ssl_target_name_override': serverName,
  'grpc.service_config': createServiceConfig(definition),
  // Nobody but us configures our clients: no look-ups of TXT records.
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_http_proxy': 0,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
  // A replica that was restarted is found again within a second, not within gRPC's default of two minutes: a rolling
  // restart goes on to the next replica as soon as this one is ready, and then it must be in use.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.dns_min_time_between_resolutions_ms': minResolutionIntervalMs,
})
