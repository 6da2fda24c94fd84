/**
 * The life of a process: settings, composition, a signal, an end. A main file is a call of `runService` and
 * nothing else. Exit codes: 0 after a clean stop, 78 (EX_CONFIG) for settings, 1 for everything else.
 */
import { createLogger, type Logger, type LogLevel, logLevels } from '../logger/index.ts'
import { type Environment, SettingsError } from '../settings/index.ts'
import { shutdownTelemetry } from '../telemetry/shutdown.ts'
import { allocateYoung } from './allocate-young.ts'
import { collectStartGarbage } from './collect-start-garbage.ts'

export interface Composition {
  readonly env: Environment
  readonly logger: Logger
}

export interface RunningService {
  /** Stops taking work, finishes what was begun, and frees what was opened. */
  close(): Promise<void>
}

export type Compose = (composition: Composition) => Promise<RunningService>

const exitCodes = { stopped: 0, failed: 1, settings: 78 } as const

/**
 * Runs `compose` and keeps the process until SIGTERM, SIGINT or, where a parent started it over IPC, the
 * parent's end; then closes within SHUTDOWN_TIMEOUT_SECONDS + ENDPOINT_REMOVAL_SECONDS. A second signal ends it at once.
 */
export const runService = async (service: string, compose: Compose): Promise<void> => {
  allocateYoung()
  const env: Environment = process.env
  const logger = createLogger({ service, level: logLevelOf(env) })
  exitOnUnexpected(logger)
  const stop = stopRequested()
  try {
    const running = await compose({ env, logger })
    logger.info('started')
    collectStartGarbage()
    const reason = await stop
    logger.info({ reason }, 'stopping')
    await closeWithin(running, deadlineMsOf(env), logger)
    await shutdownTelemetry()
    logger.info('stopped')
    process.exit(exitCodes.stopped)
  } catch (error) {
    if (error instanceof SettingsError) {
      process.stderr.write(`${service}: these settings need attention\n${error.message}\n`)
      process.exit(exitCodes.settings)
    }
    logger.error({ error }, 'start failed')
    process.exit(exitCodes.failed)
  }
}

const exitOnUnexpected = (logger: Logger): void => {
  // What threw may have left anything half done; a fresh process is the known state.
  const exit = (message: string) => (error: unknown) => {
    logger.error({ error: error ?? new Error('nothing was thrown') }, message)
    process.exit(exitCodes.failed)
  }
  process.on('uncaughtException', exit('uncaught exception'))
  process.on('unhandledRejection', exit('unhandled rejection'))
}

const stopRequested = (): Promise<string> => {
  const stop = Promise.withResolvers<string>()
  let asked = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(exitCodes.failed)
      asked = true
      stop.resolve(signal)
    })
  }
  // A parent that is gone can't send a signal any more.
  if (process.channel !== undefined) process.once('disconnect', () => stop.resolve('parent gone'))
  return stop.promise
}

const closeWithin = async (running: RunningService, deadlineMs: number, logger: Logger): Promise<void> => {
  const late = Promise.withResolvers<'late'>()
  const timer = setTimeout(() => late.resolve('late'), deadlineMs)
  const outcome = await Promise.race([running.close(), late.promise])
  clearTimeout(timer)
  if (outcome === 'late') logger.warn({ deadline_ms: deadlineMs }, 'closing took too long and was cut off')
}

// Read leniently: the service's own shape reports what is wrong with these two, with everything else.
const logLevelOf = (env: Environment): LogLevel =>
  logLevels.find(level => level === env.LOG_LEVEL?.trim().toUpperCase()) ?? 'INFO'

const deadlineMsOf = (env: Environment): number => {
  const seconds = Number(env.SHUTDOWN_TIMEOUT_SECONDS || 20) + Number(env.ENDPOINT_REMOVAL_SECONDS || 0)
  // One more second for what comes after the requests: pools, queues.
  return ((Number.isFinite(seconds) ? seconds : 20) + 1) * 1_000
}
