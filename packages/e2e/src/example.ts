/** The examples as a reader of their READMEs runs them: one command each, against a suite that runs. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { root } from '@latchkey/launcher/stack'
import { freePort, oneStartAtATime } from '@latchkey/testkit'
import type { Suite } from './suite.ts'

export interface RunningExample {
  /** All that it has said so far, on both streams. */
  readonly output: () => string
  /** What a pattern finds in what it says, as soon as it says so. */
  readonly said: (pattern: RegExp) => Promise<RegExpExecArray>
  /** The exit code of one that ends by itself. */
  readonly ended: () => Promise<number | null>
  readonly stop: () => Promise<void>
}

const patienceMs = 60_000
const pollMs = 50

/** `npm run example <name>`. npm, its shell and the example are a group, which ends as a whole. */
export const startExample = (
  suite: Suite,
  name: string,
  env: Readonly<Record<string, string>> = {},
): RunningExample => {
  const child: ChildProcess = spawn('npm', ['run', '--silent', 'example', name], {
    cwd: root,
    env: { ...process.env, LATCHKEY_DATA_DIR: suite.dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  const keep = (chunk: Buffer): void => {
    output += chunk.toString('utf8')
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const closed = once(child, 'close')

  const said = async (pattern: RegExp): Promise<RegExpExecArray> => {
    const deadline = performance.now() + patienceMs
    for (;;) {
      const found = pattern.exec(output)
      if (found !== null) return found
      if (child.exitCode !== null || performance.now() > deadline)
        throw new Error(`${name} did not say ${pattern}, but: ${output}`)
      await delay(pollMs)
    }
  }

  return {
    output: () => output,
    said,
    ended: async () => {
      await closed
      return child.exitCode
    },
    stop: async () => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
      await closed
    },
  }
}

/** One that serves an app, at a port of its own. */
export const startServingExample = (suite: Suite, name: string) =>
  oneStartAtATime(async () => {
    const port = await freePort()
    const origin = `http://localhost:${port}`
    const example = startExample(suite, name, { PORT: String(port) })
    await example.said(new RegExp(`is at ${origin}`)).catch(async error => {
      await example.stop()
      throw error
    })
    return { ...example, origin }
  })
