/**
 * Starts OpenTelemetry: spans of HTTP, gRPC and Postgres, sent as OTLP over HTTP. Metrics are Prometheus' and
 * logs are lines on standard output, so the SDK's own are off.
 */
import { register } from 'node:module'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg'
import { NodeSDK } from '@opentelemetry/sdk-node'
import type { Environment } from '../settings/index.ts'
import { redactSpans } from './redact-spans.ts'
import { serviceNameOf } from './service-name.ts'
import { onTelemetryShutdown } from './shutdown.ts'

// The only modules whose imports are intercepted: wrapping every module would slow down the start.
const instrumented = ['http', 'https', 'node:http', 'node:https', '@grpc/grpc-js', 'pg', 'pg-pool']

// Asked every few seconds by orchestrators and scrapers; their spans would bury the others.
const probes = new Set(['/livez', '/readyz', '/metrics', '/health'])

export const startRecording = (env: Environment, entry: string | undefined): void => {
  registerHook()
  const sdk = new NodeSDK({
    ...serviceName(env, entry),
    traceExporter: redactSpans(new OTLPTraceExporter()),
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: request => probes.has(request.url?.split('?', 1)[0] ?? ''),
      }),
      new GrpcInstrumentation({ ignoreGrpcMethods: [/^(grpc\.health\.v1\.Health\/)?(Check|Watch)$/] }),
      new PgInstrumentation({ requireParentSpan: true }),
    ],
  })
  sdk.start()
  onTelemetryShutdown(() => sdk.shutdown())
}

/** Node 26 calls this way deprecated; by the other one, `registerHooks`, imports of `node:http` are not instrumented. */
const registerHook = (): void => {
  const { noDeprecation = false } = process
  process.noDeprecation = true
  register('@opentelemetry/instrumentation/hook.mjs', import.meta.url, { data: { include: instrumented } })
  process.noDeprecation = noDeprecation
}

const serviceName = (env: Environment, entry: string | undefined): { serviceName?: string } => {
  if (env.OTEL_SERVICE_NAME || env.OTEL_RESOURCE_ATTRIBUTES?.includes('service.name=')) return {}
  const name = serviceNameOf(entry)
  return name === undefined ? {} : { serviceName: name }
}
