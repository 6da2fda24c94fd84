/** The whole suite on one machine, in a folder of the test's own, with every part ready to be taken away. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, type Stack, type StackOptions, startStack } from '@latchkey/launcher/stack'
import { eventually } from '@latchkey/testkit'

export interface SuiteUnderFaults {
  readonly stack: Stack
  readonly dataDir: string
  readonly gateway: string
  readonly mailbox: string
  /** Kills a process and waits for its replacement. */
  readonly killAndAwait: (name: string) => Promise<void>
  /** Takes a process away for good, until `bringBack`. Gives how long it took, in ms. */
  readonly takeAway: (name: string, signal: NodeJS.Signals) => Promise<number>
  readonly bringBack: (name: string) => Promise<void>
  readonly stop: () => Promise<void>
}

export interface SuiteOptions {
  readonly replicas?: StackOptions['replicas']
  readonly env?: Readonly<Record<string, string>>
}

// A service drains for 20 s at most, and a second more for its pools.
const goneTimeoutMs = 25_000

export const startSuite = async ({
  replicas = {},
  env = {},
}: SuiteOptions = {}): Promise<SuiteUnderFaults> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-faults-'))
  const starting = startStack({
    dataDir,
    port: 0,
    replicas,
    env: {
      PATH: process.env.PATH,
      // Code that earlier suites compiled: half the time of a start, and of each restart.
      NODE_COMPILE_CACHE: join(root, '.toolchain/compiled'),
      // Limits are another test's subject.
      RATE_LIMIT_ALLOWLIST: '127.0.0.0/8',
      ...env,
    },
  })
  const stack = await starting.catch(async error => {
    await rm(dataDir, { recursive: true, force: true })
    throw error
  })
  const processOf = (name: string) => {
    const found = stack.processes[name]
    if (found === undefined) throw new Error(`the suite has no process ${name}`)
    return found
  }
  const { gateway, mailbox } = stack.info()
  return {
    stack,
    dataDir,
    gateway,
    mailbox,
    killAndAwait: async name => {
      const process = processOf(name)
      const { pid } = process
      process.kill('SIGKILL')
      await eventually(() => requireThat(process.pid !== pid, `${name} outlives SIGKILL`))
      await process.whenReady()
    },
    takeAway: async (name, signal) => {
      const process = processOf(name)
      process.setRestart(false)
      const startedMs = performance.now()
      process.kill(signal)
      await eventually(() => requireThat(process.pid === undefined, `${name} does not heed ${signal}`), {
        timeoutMs: goneTimeoutMs,
      })
      return performance.now() - startedMs
    },
    bringBack: async name => {
      const process = processOf(name)
      await process.start()
      process.setRestart(true)
    },
    stop: async () => {
      await stack.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

const requireThat = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new Error(otherwise)
}
