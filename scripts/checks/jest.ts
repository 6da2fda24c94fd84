/** Jest, with the stores that tests need; its own report goes to the terminal, its counts come back. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '@latchkey/launcher/stack'
import { CheckFailed, type Count } from './run-steps.ts'
import { toolEnvironment } from './run-tool.ts'
import type { TestStores } from './test-stores.ts'

interface JestResult {
  readonly numPassedTests: number
  readonly numFailedTests: number
  /** Files that could not even be loaded. */
  readonly numRuntimeErrorTestSuites: number
  readonly success: boolean
}

export const jest =
  (args: readonly string[]) =>
  async ({ env, folder, signal }: TestStores): Promise<Count> => {
    const report = join(folder, 'jest.json')
    await rm(report, { force: true })
    // The report is complete by then; a socket that a test left open must not keep the run.
    await runJest(
      [...args, '--forceExit', '--passWithNoTests', '--json', `--outputFile=${report}`],
      env,
      signal,
    )
    const text = await readFile(report, 'utf8').catch(() => undefined)
    if (text === undefined) throw new CheckFailed('Jest ended without a report')
    const result: JestResult = JSON.parse(text)
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites
    return { passed: result.numPassedTests, failed: result.success ? failed : Math.max(failed, 1) }
  }

/** Whether any test would run; what Jest does not understand, the run itself says. */
export const hasTests = async (args: readonly string[]): Promise<boolean> => {
  const child = spawnJest([...args, '--listTests', '--json'], { stdio: ['ignore', 'pipe', 'ignore'] })
  let listed = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    listed += chunk
  })
  const [code] = await once(child, 'close')
  return code !== 0 || listed.trim() !== '[]'
}

const runJest = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    // The JSON report goes to its file; what is on standard output would repeat it.
    const child = spawnJest(args, { env, signal, stdio: ['ignore', 'ignore', 'inherit'] })
    child.on('error', reject)
    child.on('close', () => resolve())
  })

const spawnJest = (args: readonly string[], { env, ...options }: SpawnOptions): ChildProcess =>
  spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules/jest/bin/jest.js'),
      ...args,
    ],
    {
      ...options,
      cwd: root,
      env: {
        ...toolEnvironment(),
        ...env,
        NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
      },
    },
  )
