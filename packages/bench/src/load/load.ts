/** Loads something from a process of its own, and reads the servers' clocks around it. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type CpuSplit, splitCpu } from '../arithmetic/cpu-split.ts'
import { type MeasuredProcess, readCpu } from '../processes/read-cpu.ts'
import type { Lane, LoadAnswer, LoadCommand, LoadReport } from './protocol.ts'

export interface LoadInit {
  readonly origin: string
  readonly lanes: readonly Lane[]
  /** Whose CPU is counted. */
  readonly servers: readonly MeasuredProcess[]
  /** Requests before anything is measured. */
  readonly warmUp?: number
  readonly measureMs?: number
}

export interface Measured extends LoadReport {
  readonly cpu: CpuSplit
}

// V8 compiles what is hot in waves, the last of them after 12,000 requests (--trace-opt). Counted, not timed: on a busy
// machine a second is not much of a warm-up.
const defaultWarmUp = 20_000
const warmUpTimeoutMs = 90_000
const defaultMeasureMs = 8_000
/** Work that was put off until after the answers, such as a batched stamp, belongs to the requests too. */
const settleMs = 1_500

/** @throws Error where a request failed: figures of a system that fails say nothing */
export const load = async (init: LoadInit): Promise<Measured> => {
  const child = fork(fileURLToPath(new URL('./load-process.ts', import.meta.url)), { execArgv: [] })
  const ask = async (command: LoadCommand): Promise<LoadAnswer> => {
    const answered = once(child, 'message')
    child.send(command)
    const ended = once(child, 'exit').then(() => {
      throw new Error('the load process ended')
    })
    const [answer] = await Promise.race([answered, ended])
    return answer
  }
  const run = async (milliseconds: number, most?: number): Promise<LoadReport> => {
    const limit = most === undefined ? {} : { operations: most }
    const answer = await ask({ command: 'run', milliseconds, ...limit })
    if (answer.answer !== 'ran') throw new Error('the load process is out of step')
    const { failures, firstFailure } = answer.report
    if (failures > 0) throw new Error(`${failures} requests failed; the first: ${firstFailure}`)
    return answer.report
  }
  try {
    await ask({ command: 'prepare', origin: init.origin, lanes: init.lanes })
    await run(warmUpTimeoutMs, init.warmUp ?? defaultWarmUp)
    await delay(settleMs)
    const before = readCpu(init.servers)
    const report = await run(init.measureMs ?? defaultMeasureMs)
    await delay(settleMs)
    return { ...report, cpu: splitCpu(before, readCpu(init.servers), report.operations) }
  } finally {
    child.kill()
  }
}
