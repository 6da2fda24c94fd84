/** Whether the environment asks for traces, by the names that OpenTelemetry gives to its variables. */
import type { Environment } from '../settings/index.ts'

/** True where an exporter or its endpoint is set, and the SDK is not disabled. */
export const isTelemetryWanted = (env: Environment): boolean => {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return false
  if (env.OTEL_TRACES_EXPORTER) return env.OTEL_TRACES_EXPORTER.trim() !== 'none'
  return Boolean(env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
}
