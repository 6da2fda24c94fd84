/** `npm start` as a user types it, in this checkout or another, until its stack.json says that it is ready. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { StackInfo } from '@latchkey/launcher/stack'

export interface NpmStartInit {
  readonly checkout: string
  readonly dataDir: string
  readonly env: NodeJS.ProcessEnv
  readonly timeoutMs: number
}

export interface RunningNpmStart {
  readonly info: StackInfo
  /** From the command to a suite that serves. */
  readonly seconds: number
  readonly npmPid: number
  readonly stop: () => Promise<void>
}

const pollMs = 10

/** @throws Error with the end of its output when it ends or takes too long */
export const npmStart = async ({
  checkout,
  dataDir,
  env,
  timeoutMs,
}: NpmStartInit): Promise<RunningNpmStart> => {
  const stackFile = join(dataDir, 'stack.json')
  const logFile = join(dirname(dataDir), 'npm-start.log')
  await mkdir(dirname(dataDir), { recursive: true })
  const startedMs = performance.now()
  const child = spawn('npm', ['start'], {
    cwd: checkout,
    env: { ...withoutNpms(env), LATCHKEY_DATA_DIR: dataDir, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = createWriteStream(logFile)
  child.stdout.pipe(log)
  child.stderr.pipe(log)
  const ended = once(child, 'exit')

  const stop = async (): Promise<void> => {
    const pid = (await readStack(stackFile))?.launcher_pid
    if (pid !== undefined) process.kill(pid, 'SIGTERM')
    else child.kill('SIGTERM')
    await ended
  }

  for (;;) {
    const info = await readStack(stackFile)
    const seconds = (performance.now() - startedMs) / 1_000
    if (info !== undefined) return { info, seconds, npmPid: child.pid ?? 0, stop }
    if (child.exitCode !== null || seconds * 1_000 > timeoutMs) {
      child.kill('SIGTERM')
      throw new Error(`npm start did not come up:\n${(await readFile(logFile, 'utf8')).slice(-2_000)}`)
    }
    await delay(pollMs)
  }
}

const readStack = async (file: string): Promise<StackInfo | undefined> => {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}

/** What a pnpm or npm around the bench says about itself is not for the one that is measured. */
const withoutNpms = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(npm_|pnpm_|INIT_CWD$|NODE_OPTIONS$)/i.test(name)),
  )
