/**
 * How a client spreads and repeats its calls: over all addresses of the name in turn, and again only where
 * the contract says that a method is a read.
 * @see https://github.com/grpc/grpc/blob/master/doc/service_config.md
 */
import type { ServiceDefinition } from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import { unaryMethods } from './methods.ts'

/** Whether the proto marks the method `idempotency_level = NO_SIDE_EFFECTS`. */
const isRead = (method: object): boolean => {
  const { options } = method as Partial<Pick<MethodDefinition<object, object>, 'options'>>
  return options?.idempotency_level === 'NO_SIDE_EFFECTS'
}

const nameOf = (path: string) => {
  const [, service, method] = path.split('/')
  return { service, method }
}

/** The `grpc.service_config` of a client of this service. */
export const createServiceConfig = (definition: ServiceDefinition): string => {
  const reads = unaryMethods(definition).filter(method => isRead(method.definition))
  const retryReads = {
    name: reads.map(read => nameOf(read.definition.path)),
    retryPolicy: {
      maxAttempts: 3,
      initialBackoff: '0.05s',
      maxBackoff: '0.5s',
      backoffMultiplier: 2,
      retryableStatusCodes: ['UNAVAILABLE'],
    },
  }
  return JSON.stringify({
    loadBalancingConfig: [{ round_robin: {} }],
    methodConfig: reads.length > 0 ? [retryReads] : [],
  })
}
