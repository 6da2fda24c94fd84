/** Asks another process how it is, through grpc.health.v1. */
import { createGrpcClient, type GrpcClientInit } from './client.ts'
import { healthDefinition } from './health-definition.ts'

export type HealthAnswer = 'serving' | 'not_serving' | 'unavailable'

export interface HealthClient {
  /**
   * The health of one check of the process, or of the whole for the empty name. Never rejects: whatever keeps
   * the process from answering (away, too slow, not ours) is `unavailable`.
   */
  check(service?: string): Promise<HealthAnswer>
  close(): void
}

/** Makes a client for one process; its deadline is 1,000 ms unless told. */
export const createHealthClient = ({ deadlineMs = 1_000, ...init }: GrpcClientInit): HealthClient => {
  const client = createGrpcClient(healthDefinition, { ...init, deadlineMs })
  return {
    check: async (service = '') => {
      try {
        const { status } = await client.check({ service })
        return status === 'SERVING' ? 'serving' : 'not_serving'
      } catch {
        return 'unavailable'
      }
    },
    close: () => client.close(),
  }
}
