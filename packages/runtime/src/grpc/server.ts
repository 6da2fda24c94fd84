/**
 * The gRPC server of a process: mutual TLS, only named callers, standard health, connections that end by age
 * so that callers find new replicas, and a drain that loses no call.
 */
import { promisify } from 'node:util'
import { Server, type ServerOptions, setLogger } from '@grpc/grpc-js'
import type { TlsMaterial } from '../certificates/tls-files.ts'
import type { Health } from '../health/index.ts'
import type { BoundService } from './bind-service.ts'
import { createServerCredentials } from './credentials.ts'
import { healthDefinition } from './health-definition.ts'
import { createHealthService } from './health-service.ts'
import { unaryMethods } from './methods.ts'
import { type ServeDeps, serveUnary } from './serve-unary.ts'

export interface GrpcServerInit extends ServeDeps {
  readonly services: readonly BoundService[]
  /** 0 takes a free port. */
  readonly port: number
  readonly host: string
  readonly tls: TlsMaterial
  readonly health: Health
  /** How long a connection lives, ± 10 %: within it a new replica gets its share. 120,000 by default. */
  readonly maxConnectionAgeMs?: number
  /** How long calls on a connection that is too old may still take; 10,000 by default. */
  readonly maxConnectionAgeGraceMs?: number
}

export interface GrpcServer {
  readonly port: number
  /** Stops serving: health says so, running calls end, and after the deadline they are cut. */
  close(deadlineMs?: number): Promise<void>
}

/** Starts to serve. Rejects where the port cannot be bound. */
export const startGrpcServer = async (init: GrpcServerInit): Promise<GrpcServer> => {
  const { services, host, tls, health } = init
  // What the library itself has to say goes where everything else goes, instead of to the console.
  setLogger({ error: (...words: unknown[]) => init.logger.warn({ library: 'grpc-js' }, words.join(' ')) })
  const server = new Server(serverOptions(init))
  for (const service of services) server.addService(service.definition, implement(service, init))
  const healthService = createHealthService({ health, serviceNames: services.flatMap(nameOf) })
  server.addService(healthDefinition, healthService.implementation)

  const address = host.includes(':') ? `[${host}]` : host
  const bind = promisify(server.bindAsync.bind(server))
  const port = await bind(`${address}:${init.port}`, createServerCredentials(tls))

  const close = async (deadlineMs = 10_000) => {
    health.drain()
    await healthService.announce()
    healthService.endWatches()
    const timer = setTimeout(() => server.forceShutdown(), deadlineMs)
    try {
      await promisify(server.tryShutdown.bind(server))()
    } finally {
      clearTimeout(timer)
    }
  }
  let closed: Promise<void> | undefined
  return { port, close: deadlineMs => (closed ??= close(deadlineMs)) }
}

const serverOptions = ({
  maxConnectionAgeMs = 120_000,
  maxConnectionAgeGraceMs = 10_000,
}: GrpcServerInit): ServerOptions => ({
  'grpc.max_connection_age_ms': maxConnectionAgeMs,
  'grpc.max_connection_age_grace_ms': maxConnectionAgeGraceMs,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 5_000,
  // The largest request is a batch of a thousand activities, about 100 KiB.
  'grpc.max_receive_message_length': 1024 * 1024,
})

const implement = ({ definition, handlers, toRpcError }: BoundService, deps: ServeDeps) =>
  Object.fromEntries(
    unaryMethods(definition).flatMap(({ rpc, name, definition: { path } }) => {
      const handler = handlers[name]
      return handler === undefined ? [] : [[rpc, serveUnary(path, handler, toRpcError, deps)]]
    }),
  )

/** latchkey.session.v1.SessionService, from the path of its first method. */
const nameOf = ({ definition }: BoundService): string[] =>
  Object.values(definition)
    .slice(0, 1)
    .flatMap(({ path }) => path.split('/')[1] ?? [])
