/**
 * Traces, recorded only where the OTEL_* variables ask for it. Preload this module, so that it stands before
 * everything that it instruments: `node --import @latchkey/runtime/telemetry src/main.ts`. Without an exporter
 * nothing of the SDK is loaded; trace ids still travel by `context`.
 */
import { isTelemetryWanted } from './wanted.ts'

export { shutdownTelemetry } from './shutdown.ts'
export { isTelemetryWanted }

if (isTelemetryWanted(process.env)) {
  const { startRecording } = await import('./recording.ts')
  startRecording(process.env, process.argv[1])
}
