/** Runs a tool of the workspace from the root; what it said is shown only when it fails. */
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { root } from '@latchkey/launcher/stack'
import { CheckFailed } from './run-steps.ts'

/** The provided Node and pnpm and the workspace's tools go before whatever the machine has. */
export const toolEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: [join(root, '.toolchain/bin'), join(root, 'node_modules/.bin'), process.env.PATH ?? ''].join(
    delimiter,
  ),
  TURBO_TELEMETRY_DISABLED: '1',
})

/** @throws CheckFailed with the output when the exit code is not 0 */
export const runTool = (tool: string, args: readonly string[], signal: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(tool, args, {
      cwd: root,
      env: toolEnvironment(),
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const keep = (chunk: string): void => {
      output += chunk
    }
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)
    child.on('error', reject)
    child.on('close', code => (code === 0 ? resolve(output) : reject(new CheckFailed(output.trim()))))
  })
