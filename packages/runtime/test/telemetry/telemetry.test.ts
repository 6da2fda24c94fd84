import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { isTelemetryWanted } from '../../src/telemetry/wanted.ts'
import { startCollector } from './collector.ts'

// Each test starts processes, whose first lines take long on a busy machine.
jest.setTimeout(120_000)

const preload = join(import.meta.dirname, '../../src/telemetry/index.ts')
const program = join(import.meta.dirname, 'service.ts')
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const run = async (env: Record<string, string>, preloads = [preload]) => {
  const imports = preloads.map(path => `--import=${path}`)
  const child = spawn(process.execPath, [...imports, program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let output = ''
  child.stdout.on('data', text => (output += text))
  const lines = (): Record<string, unknown>[] =>
    output
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line))
  const listening = await eventually(
    () => {
      const line = lines().find(({ message }) => message === 'listening')
      expect(line).toBeDefined()
      return line
    },
    { timeoutMs: 60_000 },
  )
  const stop = async () => {
    child.kill('SIGTERM')
    const [code] = await once(child, 'close')
    return code
  }
  return {
    http: `http://127.0.0.1:${listening?.http_port}`,
    grpc: `127.0.0.1:${listening?.grpc_port}`,
    lines,
    stop,
  }
}

const isServer = 2
const isClient = 3

describe('telemetry', () => {
  it('sees one trace cross two processes over HTTP and gRPC, and knows no secret of it', async () => {
    const collector = await startCollector()
    const recording = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
    const back = await run({ ...recording, OTEL_SERVICE_NAME: 'back' })
    const front = await run({
      ...recording,
      NEXT_HTTP: `${back.http}/work/2?code=s3cr3t-code`,
      NEXT_GRPC: back.grpc,
    })
    const answer = await fetch(`${front.http}/work/1?token=s3cr3t-token&plain=also-hidden`)
    expect(answer.status).toBe(200)
    await fetch(`${front.http}/work/s3cr3t-in-a-path-0123456789`)
    // Recorded spans leave the process in batches; stopping sends what is left.
    expect(await front.stop()).toBe(0)
    expect(await back.stop()).toBe(0)
    collector.close()

    const root = collector.spans.find(span => span.service === 'runtime-service' && span.kind === isServer)
    const inTrace = collector.spans.filter(({ traceId }) => traceId === root?.traceId)
    const find = (service: string, kind: number, scope: string) =>
      inTrace.find(span => span.service === service && span.kind === kind && span.scope.endsWith(scope))
    for (const scope of ['instrumentation-http', 'instrumentation-grpc']) {
      const call = find('runtime-service', isClient, scope)
      expect(call?.parentSpanId).toBe(root?.spanId)
      expect(find('back', isServer, scope)?.parentSpanId).toBe(call?.spanId)
    }
    // Logs and traces speak of the same spans.
    expect(await answer.json()).toMatchObject({ traceId: root?.traceId, spanId: root?.spanId })
    const served = back.lines().find(({ message }) => message === 'request')
    expect(served).toMatchObject({
      trace_id: root?.traceId,
      span_id: find('back', isServer, 'instrumentation-http')?.spanId,
    })
    for (const secret of ['s3cr3t-code', 's3cr3t-token', 'also-hidden', 's3cr3t-in-a-path'])
      expect(collector.bodies.join('')).not.toContain(secret)
  })

  it('does not keep a process from ending when the collector is away', async () => {
    const service = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
    await fetch(`${service.http}/work/1`)
    const startedMs = performance.now()
    expect(await service.stop()).toBe(0)
    expect(performance.now() - startedMs).toBeLessThan(15_000)
  })

  it('loads nothing of the SDK where no exporter is set, and the trace still goes on', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const service = await run({}, [join(import.meta.dirname, 'list-modules.ts'), preload])
    const answer = await fetch(`${service.http}/work/1`, {
      headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    })
    expect(await answer.json()).toMatchObject({ traceId })
    expect(await service.stop()).toBe(0)
    expect(service.lines()).toContainEqual({ message: 'loaded', packages: ['@opentelemetry/api'] })
  })
})

describe('whether to record', () => {
  it.each([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, true],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
    [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, false],
    [{ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
  ])('follows OpenTelemetry’s variables: %j', (env, wanted) => {
    expect(isTelemetryWanted(env)).toBe(wanted)
  })
})
