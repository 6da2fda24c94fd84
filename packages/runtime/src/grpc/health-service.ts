/**
 * Serves grpc.health.v1 from a process's health: "" and each RPC service are the process, and each check
 * ("database") is a service of its own name. Any process of ours may ask.
 * @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerErrorResponse,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import type { Health } from '../health/index.ts'
import type {
  HealthCheckRequest,
  HealthCheckResponse,
  HealthListResponse,
  ServingStatus,
} from './health-definition.ts'

interface HealthServiceInit {
  readonly health: Health
  /** Full names of the RPC services that the process serves. */
  readonly serviceNames: readonly string[]
  /** How often a watched status is looked at; 1,000 by default. */
  readonly watchIntervalMs?: number
}

const serving = (isServing: boolean): ServingStatus => (isServing ? 'SERVING' : 'NOT_SERVING')

/** The handlers, and what ends the calls of watchers, which would otherwise keep a server from closing. */
export const createHealthService = ({ health, serviceNames, watchIntervalMs = 1_000 }: HealthServiceInit) => {
  const watchers = new Set<{ look: () => Promise<void>; end: () => void }>()

  const listStatuses = async (): Promise<Map<string, ServingStatus>> => {
    const report = await health.report()
    const whole = serving(report.status === 'ready' || report.status === 'degraded')
    const checks = Object.entries(report.checks).map(
      ([name, check]) => [name, serving(check.status === 'up')] as const,
    )
    return new Map([...checks, ['', whole], ...serviceNames.map(name => [name, whole] as const)])
  }

  const check: handleUnaryCall<HealthCheckRequest, HealthCheckResponse> = async (call, callback) => {
    const found = (await listStatuses()).get(call.request.service)
    if (found === undefined) callback({ code: status.NOT_FOUND, details: 'unknown service' })
    else callback(null, { status: found })
  }

  const list: handleUnaryCall<object, HealthListResponse> = async (_call, callback) => {
    const statuses = await listStatuses()
    callback(null, {
      statuses: Object.fromEntries([...statuses].map(([name, status]) => [name, { status }])),
    })
  }

  const watch: handleServerStreamingCall<HealthCheckRequest, HealthCheckResponse> = call => {
    let latest: ServingStatus | undefined
    const look = async () => {
      const current = (await listStatuses()).get(call.request.service) ?? 'SERVICE_UNKNOWN'
      if (current === latest || !watchers.has(watcher)) return
      latest = current
      call.write({ status: current })
    }
    const stop = () => {
      clearInterval(timer)
      watchers.delete(watcher)
    }
    const end = () => {
      stop()
      const closing: Partial<ServerErrorResponse> = {
        code: status.UNAVAILABLE,
        details: 'the server is closing',
      }
      call.emit('error', closing)
    }
    const watcher = { look, end }
    const timer = setInterval(look, watchIntervalMs).unref()
    watchers.add(watcher)
    call.on('cancelled', stop)
    void look()
  }

  return {
    implementation: { Check: check, List: list, Watch: watch } satisfies UntypedServiceImplementation,
    /** Tells watchers at once what they would see at the next look. */
    announce: async () => {
      await Promise.all([...watchers].map(({ look }) => look()))
    },
    /** Ends every watch; its client asks another server. */
    endWatches: () => {
      for (const { end } of watchers) end()
    },
  }
}
