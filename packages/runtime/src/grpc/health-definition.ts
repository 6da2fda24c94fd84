/** grpc.health.v1, the health protocol that orchestrators, proxies and our own gateway speak. */
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'
import { loadService } from './protos.ts'

export type ServingStatus = 'UNKNOWN' | 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN'

export interface HealthCheckRequest {
  /** Empty for the whole process. */
  service: string
}

export interface HealthCheckResponse {
  status: ServingStatus
}

export interface HealthListResponse {
  statuses: Record<string, HealthCheckResponse>
}

interface HealthDefinition extends ServiceDefinition {
  Check: MethodDefinition<HealthCheckRequest, HealthCheckResponse>
  List: MethodDefinition<object, HealthListResponse>
  Watch: MethodDefinition<HealthCheckRequest, HealthCheckResponse>
}

export const healthDefinition = loadService<HealthDefinition>(
  'grpc/health/v1/health.proto',
  'grpc.health.v1.Health',
)
