/** Carries the trace of a message through outbox and queue to its mail; loaded only where traces are recorded. */
import type { Environment } from '@latchkey/runtime/settings'
import { isTelemetryWanted } from '@latchkey/runtime/telemetry'
import type { Telemetry } from 'bullmq'

export const loadQueueTelemetry = async (env: Environment): Promise<Telemetry | undefined> => {
  if (!isTelemetryWanted(env)) return undefined
  const { BullMQOtel } = await import('bullmq-otel')
  return new BullMQOtel({ tracerName: 'latchkey' })
}

/** Runs `work` as a part of the trace that `traceparent` names, as far as traces are recorded. */
export const inTrace = <Result>(
  telemetry: Telemetry | undefined,
  traceparent: string | undefined,
  work: () => Result,
): Result => {
  if (telemetry === undefined || traceparent === undefined) return work()
  const { contextManager } = telemetry
  const context = contextManager.fromMetadata(contextManager.active(), JSON.stringify({ traceparent }))
  return contextManager.with(context, work)
}
