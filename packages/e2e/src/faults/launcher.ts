/** `npm start` as a process of its own, which a test can kill. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root, type StackInfo } from '@latchkey/launcher/stack'
import { eventually } from '@latchkey/testkit'

export interface Launched {
  readonly info: StackInfo
  readonly kill: (signal: NodeJS.Signals) => void
  readonly exit: Promise<number | null>
}

const startTimeoutMs = 90_000

/** Starts it on a folder, or starts it again there, and waits until the suite is ready. */
export const launch = async (dataDir: string): Promise<Launched> => {
  const child = spawn(process.execPath, [join(root, 'packages/launcher/src/main.ts')], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      LATCHKEY_DATA_DIR: dataDir,
      RATE_LIMIT_ALLOWLIST: '127.0.0.0/8',
      NODE_COMPILE_CACHE: join(root, '.toolchain/compiled'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let screen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
  })
  await eventually(
    () => {
      if (!screen.includes('Latchkey is up')) throw new Error(screen)
    },
    { timeoutMs: startTimeoutMs },
  )
  return {
    info: JSON.parse(await readFile(join(dataDir, 'stack.json'), 'utf8')),
    kill: signal => void child.kill(signal),
    exit: once(child, 'close').then(([code]) => code),
  }
}

/** Whether anything of the process group of `pid` still runs. */
export const isGroupAlive = (pid: number): boolean => {
  try {
    process.kill(-pid, 0)
    return true
  } catch {
    return false
  }
}
