/** gRPC between processes: a server of typed handlers, typed promise clients, health, and failures with reasons. */
export {
  type BoundService,
  bindService,
  type InboundCall,
  type ServiceBindingOptions,
  type UnaryHandlers,
} from './bind-service.ts'
export {
  type CallOptions,
  createGrpcClient,
  type GrpcClient,
  type GrpcClientInit,
  type UnaryCalls,
} from './client.ts'
export { createHealthClient, type HealthAnswer, type HealthClient } from './health-client.ts'
export { loadService } from './protos.ts'
export { isUnavailable, RpcError, type RpcErrorMetadata, RpcFailure } from './rpc-error.ts'
export { type GrpcServer, type GrpcServerInit, startGrpcServer } from './server.ts'
export type { RpcStatus } from './status.ts'
