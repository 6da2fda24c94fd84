/** Types of every package and service, two at a time, after what is generated; then these scripts. */
import { runTool } from './run-tool.ts'
import type { TestStores } from './test-stores.ts'

export const types = async ({ signal }: TestStores): Promise<undefined> => {
  await runTool(
    'turbo',
    ['run', 'check', '--concurrency=2', '--output-logs=errors-only', '--continue'],
    signal,
  )
  await runTool('tsc', ['-p', 'scripts'], signal)
}
