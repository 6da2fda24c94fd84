/**
 * Whether a process can do its work now. Each check is a promise that rejects when its part is away; results
 * are shared by everyone who asks within a second, so that probes never become load.
 */
import { isError, redactText } from '../logger/index.ts'

export type Check = () => Promise<unknown>

export interface HealthInit {
  /** Without one of these the process is not ready. */
  readonly checks?: Readonly<Record<string, Check>>
  /** Without one of these it works with less: ready, but degraded. */
  readonly optionalChecks?: Readonly<Record<string, Check>>
  /** How long a check may take; 2,000 by default. */
  readonly timeoutMs?: number
  /** How long a report is reused; 1,000 by default. */
  readonly cacheMs?: number
}

export interface CheckResult {
  readonly status: 'up' | 'down'
  readonly required: boolean
  readonly error?: string
}

export interface HealthReport {
  readonly status: 'ready' | 'degraded' | 'not_ready' | 'draining'
  readonly checks: Readonly<Record<string, CheckResult>>
}

export const createHealth = ({
  checks = {},
  optionalChecks = {},
  timeoutMs = 2_000,
  cacheMs = 1_000,
}: HealthInit) => {
  const all = [
    ...Object.entries(checks).map(([name, check]) => ({ name, check, required: true })),
    ...Object.entries(optionalChecks).map(([name, check]) => ({ name, check, required: false })),
  ]
  let draining = false
  let latest: { until: number; readonly results: Promise<Record<string, CheckResult>> } | undefined

  const runAll = async (): Promise<Record<string, CheckResult>> =>
    Object.fromEntries(
      await Promise.all(
        all.map(async ({ name, check, required }) => {
          const error = await failureOf(check, timeoutMs)
          return [
            name,
            error === undefined ? { status: 'up', required } : { status: 'down', required, error },
          ]
        }),
      ),
    )

  const results = (): Promise<Record<string, CheckResult>> => {
    if (latest !== undefined && performance.now() < latest.until) return latest.results
    const current = { until: Number.POSITIVE_INFINITY, results: runAll() }
    current.results.finally(() => {
      current.until = performance.now() + cacheMs
    })
    latest = current
    return current.results
  }

  return {
    /** Never rejects. */
    report: async (): Promise<HealthReport> => {
      const current = await results()
      const down = Object.values(current).filter(({ status }) => status === 'down')
      const working =
        down.length === 0 ? 'ready' : down.some(({ required }) => required) ? 'not_ready' : 'degraded'
      return { status: draining ? 'draining' : working, checks: current }
    },
    /** From now on the process asks for no new work. */
    drain: () => {
      draining = true
    },
    get draining() {
      return draining
    },
    /** The names of all checks; each is a service of `grpc.health.v1`. */
    names: all.map(({ name }) => name),
  }
}

export type Health = ReturnType<typeof createHealth>

const failureOf = async (check: Check, timeoutMs: number): Promise<string | undefined> => {
  const timeout = Promise.withResolvers<never>()
  const timer = setTimeout(() => timeout.reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  try {
    await Promise.race([check(), timeout.promise])
    return undefined
  } catch (error) {
    return redactText(isError(error) ? error.message || error.name : String(error))
  } finally {
    clearTimeout(timer)
  }
}
