/** Jest, with the stores that tests need; its own report goes to the terminal, its counts come back. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { root } from '@latchkey/launcher/stack'
import { CheckFailed, type Count } from './run-steps.ts'
import { toolEnvironment } from './run-tool.ts'
import type { TestStores } from './test-stores.ts'

interface JestReport {
  readonly success: boolean
  readonly testResults: readonly JestFile[]
}

interface JestFile {
  readonly name: string
  readonly status: 'passed' | 'failed' | 'skipped' | 'pending' | 'focused'
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
}

// More than these are broken, whatever a second try says.
const mostFilesAgain = 3

/**
 * Runs the tests that `options` choose and `patterns` narrow down. A few files that fail in a whole run have a second try by
 * themselves, which excuses nothing: it tells whoever mends them what is broken from what depends on its neighbours or on
 * how busy the machine is.
 */
export const jest =
  (options: readonly string[], patterns: readonly string[]) =>
  async (stores: TestStores): Promise<Count> => {
    const run = await report([...options, ...patterns], stores)
    const failed = run.testResults.filter(({ status }) => status === 'failed')
    const isWorthATry = patterns.length === 0 && failed.length > 0 && failed.length <= mostFilesAgain
    if (!isWorthATry || stores.signal.aborted) return countOf(run)
    process.stdout.write('\nwhat failed has a second try, to tell whether it is steady\n')
    const again = await report([...options, '--runTestsByPath', ...failed.map(({ name }) => name)], stores)
    return { ...countOf(run), unsteady: again.success ? failed.flatMap(namesOfFailed) : [] }
  }

const countOf = ({ success, testResults }: JestReport): Count => {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const failed =
    tests.filter(({ status }) => status === 'failed').length + testResults.filter(isUnloadable).length
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: success ? failed : Math.max(failed, 1),
  }
}

const isUnloadable = ({ status, assertionResults }: JestFile): boolean =>
  status === 'failed' && assertionResults.length === 0

const namesOfFailed = ({ name, assertionResults }: JestFile): string[] =>
  assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName }) => `${relative(root, name)}: ${fullName}`)

const report = async (args: readonly string[], { env, folder, signal }: TestStores): Promise<JestReport> => {
  const file = join(folder, 'jest.json')
  await rm(file, { force: true })
  // The report is complete by then; a socket that a test left open must not keep the run.
  await runJest([...args, '--forceExit', '--passWithNoTests', '--json', `--outputFile=${file}`], env, signal)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) throw new CheckFailed('Jest ended without a report')
  return JSON.parse(text)
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
