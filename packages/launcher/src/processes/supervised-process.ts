/**
 * One process under supervision. It is started again, with backoff, when it dies without having been told to;
 * a child of its own session, so that Ctrl-C in the terminal reaches only the launcher, which stops in order.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { createBackoff } from './backoff.ts'
import { onLines } from './lines.ts'
import type { ProcessPlan } from './process-plan.ts'
import { StartFailed } from './start-failed.ts'

export interface ProcessEvents {
  readonly onLine: (name: string, line: string) => void
  /** A new pid, or none any more. */
  readonly onPid: (name: string, pid: number | undefined) => void
  /** It died on its own and comes back after `delayMs`; undefined: it stays away. */
  readonly onDeath: (name: string, how: string, delayMs: number | undefined) => void
}

export interface SupervisedProcess {
  readonly name: string
  readonly pid: number | undefined
  /**
   * Starts it and waits until it is ready.
   * @throws StartFailed when it ends, or is not ready in time
   */
  readonly start: () => Promise<void>
  /** Stops it for good, in time or by force; also one that is waiting to be restarted. */
  readonly stop: () => Promise<void>
  /** Sends a signal as an outsider would: a death by it counts as a death. */
  readonly kill: (signal: NodeJS.Signals) => void
  readonly whenReady: (timeoutMs?: number) => Promise<void>
  /** Whether it is started again when it dies; on at first. */
  readonly setRestart: (on: boolean) => void
}

const readyTimeoutMs = 60_000
const readyPollMs = 50
const keptLines = 20

export const createProcess = (plan: ProcessPlan, events: ProcessEvents): SupervisedProcess => {
  const backoff = createBackoff()
  const lastLines: string[] = []
  let child: ChildProcess | undefined
  let wanted = false
  let restart = true
  let timer: NodeJS.Timeout | undefined

  const takeLine = (line: string): void => {
    lastLines.push(line)
    if (lastLines.length > keptLines) lastLines.shift()
    events.onLine(plan.name, line)
  }

  const run = (): ChildProcess => {
    backoff.started()
    const started = spawnPlan(plan)
    child = started
    if (started.stdout !== null) onLines(started.stdout, takeLine)
    if (started.stderr !== null) onLines(started.stderr, takeLine)
    started.once('error', error => {
      takeLine(`cannot run ${plan.command}: ${error.message}`)
      if (started.pid === undefined) ended(started, 'could not be started')
    })
    started.once('exit', (code, signal) =>
      ended(started, signal ? `was killed by ${signal}` : `exited with ${code}`),
    )
    events.onPid(plan.name, started.pid)
    return started
  }

  /** Once it is ready, not before: others wait for it until then. */
  const giveWay = (): void => {
    if (plan.niceness !== undefined && child?.pid !== undefined) stepBack(child.pid, plan.niceness)
  }

  const ended = (which: ChildProcess, how: string): void => {
    if (child !== which) return
    child = undefined
    events.onPid(plan.name, undefined)
    if (!wanted) return
    const delayMs = restart ? backoff.nextDelayMs() : undefined
    events.onDeath(plan.name, how, delayMs)
    if (delayMs === undefined) return
    timer = setTimeout(() => {
      const died = new AbortController()
      run().once('close', () => died.abort())
      whenReady(readyTimeoutMs, died.signal).then(giveWay, () => undefined)
    }, delayMs)
  }

  const whenReady = async (timeoutMs = readyTimeoutMs, signal?: AbortSignal): Promise<void> => {
    const deadline = performance.now() + timeoutMs
    while (child === undefined || !(await plan.isReady())) {
      if (signal?.aborted === true) return
      if (performance.now() > deadline) {
        throw new StartFailed(plan.name, `was not ready after ${timeoutMs / 1_000} s`, lastLines)
      }
      await delay(readyPollMs)
    }
  }

  /** The first start: a death here is told, not repaired. */
  const start = async (): Promise<void> => {
    if (child !== undefined) return
    lastLines.length = 0
    const first = run()
    const died = new AbortController()
    const death = new Promise<never>((_, reject) => {
      const tell = (how: string, exitCode?: number): void => {
        died.abort()
        reject(new StartFailed(plan.name, how, lastLines, exitCode))
      }
      first.once('error', error => tell(`could not be started: ${error.message}`))
      // 'close' comes after the last line of output, 'exit' may not.
      first.once('close', (code, signal) =>
        signal ? tell(`was killed by ${signal}`) : tell(`exited with ${code}`, code ?? undefined),
      )
    })
    await Promise.race([whenReady(readyTimeoutMs, died.signal), death])
    giveWay()
    // From now on deaths are repaired, and this promise is nobody's concern.
    death.catch(() => undefined)
    wanted = true
  }

  const stop = async (): Promise<void> => {
    wanted = false
    clearTimeout(timer)
    const running = child
    if (running === undefined) return
    const gone = once(running, 'exit')
    running.kill(plan.stopSignal)
    const force = setTimeout(() => running.kill('SIGKILL'), plan.stopTimeoutMs)
    await gone
    clearTimeout(force)
  }

  return {
    name: plan.name,
    get pid() {
      return child?.pid
    },
    start,
    stop,
    whenReady,
    kill: signal => void child?.kill(signal),
    setRestart: on => {
      restart = on
    },
  }
}

const spawnPlan = ({ command, args, cwd, env, account, noticesOurEnd }: ProcessPlan): ChildProcess =>
  spawn(command, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(noticesOurEnd ? (['ipc'] as const) : [])],
    ...account,
  })

/** @see sched(7), "The autogroup feature" */
const stepBack = (pid: number, niceness: number): void => {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness))
  } catch {
    // Not Linux, or built without it: the process is like any other.
  }
}
