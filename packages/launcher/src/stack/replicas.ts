/** The processes that run, one or more of each service, with the ports they listen on. */
import type { PortBook } from './port-book.ts'
import { type Service, type ServiceName, services } from './services.ts'

export interface Replica {
  /** `token`, `token-2`, `token-3`. */
  readonly name: string
  readonly service: Service
  readonly ports: Readonly<Record<string, number>>
}

export type ReplicaCounts = Readonly<Partial<Record<ServiceName, number>>>

/** @param gatewayPort the public port, which is the user's choice; the others are free ones */
export const planReplicas = async (
  counts: ReplicaCounts,
  gatewayPort: number,
  book: PortBook,
): Promise<readonly Replica[]> => {
  const replicas: Replica[] = []
  for (const service of services) {
    for (let index = 1; index <= (counts[service.name] ?? 1); index += 1) {
      const name = index === 1 ? service.name : `${service.name}-${index}`
      const ports: Record<string, number> = {}
      for (const port of [...service.ports, 'MANAGEMENT_PORT']) {
        ports[port] = port === 'PORT' ? gatewayPort : await book.take(`${name} ${port}`)
      }
      replicas.push({ name, service, ports })
    }
  }
  return replicas
}

const portsOf = (replicas: readonly Replica[], name: ServiceName, port: string): number[] =>
  replicas.flatMap(replica => (replica.service.name === name ? [replica.ports[port] ?? []].flat() : []))

/** A gRPC target for all replicas of a service. @see https://grpc.github.io/grpc/core/md_doc_naming.html */
export const grpcTarget = (replicas: readonly Replica[], name: ServiceName): string => {
  const ports = portsOf(replicas, name, 'GRPC_PORT')
  return ports.length === 1
    ? `dns:///localhost:${ports[0]}`
    : `ipv4:${ports.map(port => `127.0.0.1:${port}`).join(',')}`
}

/** The internal URLs of all replicas. */
export const internalUrls = (replicas: readonly Replica[], name: ServiceName): readonly string[] =>
  portsOf(replicas, name, 'HTTP_PORT').map(port => `https://localhost:${port}`)

export const metricsUrl = ({ ports }: Replica): string => `http://127.0.0.1:${ports.MANAGEMENT_PORT}/metrics`

export const readyUrl = ({ ports }: Replica): string => `http://127.0.0.1:${ports.MANAGEMENT_PORT}/readyz`
