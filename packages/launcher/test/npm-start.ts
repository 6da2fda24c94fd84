/** `npm start` as a person runs it: the launcher as a process, its screen as text, its end as an exit code. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, type StackInfo } from '@latchkey/launcher/stack'
import { eventually, oneStartAtATime } from '@latchkey/testkit'

export interface Launched {
  readonly pid: number
  /** Everything that was printed so far. */
  readonly screen: () => string
  readonly exit: Promise<number | null>
  readonly kill: (signal: NodeJS.Signals) => void
}

export const launch = (
  dataDir: string,
  env: Record<string, string>,
  args: readonly string[] = [],
): Launched => {
  const child = spawn(process.execPath, [join(root, 'packages/launcher/src/main.ts'), ...args], {
    env: { PATH: process.env.PATH, PORT: '0', ...env, LATCHKEY_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let screen = ''
  const keep = (chunk: string): void => {
    screen += chunk
  }
  child.stdout.setEncoding('utf8').on('data', keep)
  child.stderr.setEncoding('utf8').on('data', keep)
  return {
    pid: child.pid ?? 0,
    screen: () => screen,
    exit: once(child, 'close').then(([code]) => code),
    kill: signal => void child.kill(signal),
  }
}

const startTimeoutMs = 90_000

/** The facts of stack.json, once the suite is ready. */
const stackOf = async (dataDir: string, launched: Launched): Promise<StackInfo> => {
  const isUp = eventually(
    () => {
      if (!launched.screen().includes('Latchkey is up')) throw new Error(launched.screen())
    },
    { timeoutMs: startTimeoutMs },
  )
  const hasEnded = launched.exit.then(code => {
    throw new Error(`ended with ${code}\n${launched.screen()}`)
  })
  await Promise.race([isUp, hasEnded])
  hasEnded.catch(() => undefined)
  isUp.catch(() => undefined)
  return readStack(dataDir)
}

/** One that is up, with the facts of its stack.json. */
export const launchSuite = (
  dataDir: string,
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Promise<{ launched: Launched; stack: StackInfo }> =>
  oneStartAtATime(async () => {
    const launched = launch(dataDir, env, args)
    return { launched, stack: await stackOf(dataDir, launched) }
  })

export const readStack = async (dataDir: string): Promise<StackInfo> =>
  JSON.parse(await readFile(join(dataDir, 'stack.json'), 'utf8'))

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export const temporaryFolder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'latchkey-stack-'))
  // As an ordinary folder is: what the launcher does with one that only root can enter is tested beside its files.
  await chmod(path, 0o755)
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
