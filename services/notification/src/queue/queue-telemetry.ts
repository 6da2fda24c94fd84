/** Carries the trace of a message through the queue to its mail; loaded only where traces are recorded. */
import type { Environment } from '@latchkey/runtime/settings'
import { isTelemetryWanted } from '@latchkey/runtime/telemetry'
import type { Telemetry } from 'bullmq'

export const loadQueueTelemetry = async (env: Environment): Promise<Telemetry | undefined> => {
  if (!isTelemetryWanted(env)) return undefined
  const { BullMQOtel } = await import('bullmq-otel')
  return new BullMQOtel({ tracerName: 'latchkey' })
}
